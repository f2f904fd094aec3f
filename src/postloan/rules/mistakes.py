"""What can be wrong with a rule file or with a question to the rule book; each mistake says how to mend it."""

from __future__ import annotations

from postloan.kernel import Fault, PostloanError


class BadRuleFile(PostloanError):
    """{where}: the rule file is wrong.

    Compare it with the rule files that come with postloan.
    """

    zh = "{where}：规则文件有误。请对照 postloan 自带的规则文件修改。"


class NotYaml(BadRuleFile):
    """{where}: this is not YAML: {why}.

    Check the indentation and the quotes around that line.
    """

    zh = "{where}：不是合法的 YAML：{why}。请检查该行附近的缩进和引号。"


class NotUtf8(BadRuleFile):
    """{where}: the file is not written in UTF-8.

    Save it again with the encoding UTF-8.
    """

    zh = "{where}：文件不是 UTF-8 编码。请以 UTF-8 编码另存。"


class DuplicateKey(BadRuleFile):
    """{where}: '{key}' stands here a second time; it first stands on line {first}.

    Keep one of the two.
    """

    zh = "{where}：“{key}”重复出现，首次出现在第 {first} 行。请只保留一处。"


class NoSuchDay(BadRuleFile):
    """{where}: '{text}' is not a calendar day.

    Write an existing day as 2023-07-01, without quotes.
    """

    zh = "{where}：“{text}”不是日期。请写存在的日期，例如 2023-07-01，不加引号。"


class EmptyFile(BadRuleFile):
    """{where}: the file is empty.

    Write pack, topic and rules, or delete the file.
    """

    zh = "{where}：文件为空。请写入 pack、topic 和 rules，或删除该文件。"


class WrongShape(BadRuleFile):
    """{where}: {name} must be {wanted}, but is {found}.

    Write it as in the rule files that come with postloan.
    """

    zh = "{where}：{name} 应为{wanted_zh}，实为{found_zh}。请参照 postloan 自带的规则文件书写。"


class UnknownKey(BadRuleFile):
    """{where}: '{key}' is not a key that belongs here{guess}.

    Known here: {known}.
    """

    zh = "{where}：此处没有名为“{key}”的键{guess}。请使用：{known}。"


class StrayComma(BadRuleFile):
    """{where}: '{key}' stands behind a comma and is read as a key of its own.

    Put the whole sentence in quotes.
    """

    zh = "{where}：“{key}”位于逗号之后，被读作另一个键。请给整句话加上引号。"


class MissingKey(BadRuleFile):
    """{where}: {key} is missing.

    Add {key} as in the rule files that come with postloan.
    """

    zh = "{where}：缺少 {key}。请参照 postloan 自带的规则文件补上 {key}。"


class UnknownWord(BadRuleFile):
    """{where}: '{word}' is not a known {name}{guess}.

    Use one of: {known}.
    """

    zh = "{where}：“{word}”不是已知的 {name}{guess}。请使用：{known}。"


class BadId(BadRuleFile):
    """{where}: '{id}' is not {wanted}.

    Write it like {example}.
    """

    zh = "{where}：“{id}”格式不对。请写作 {example}。"


class ValueMisfitsUnit(BadRuleFile):
    """{where}: the value {value} does not fit the unit '{unit}', which takes {wanted}.

    Change the value or the unit.
    """

    zh = "{where}：值 {value} 与单位“{unit}”不符，该单位要求{wanted_zh}。请更改值或单位。"


class NoValues(BadRuleFile):
    """{where}: there are no values.

    Write at least one as FIRST-DAY: (value, source).
    """

    zh = "{where}：没有任何值。请至少写一项：首日: (value, source)。"


class ValuesOutOfOrder(BadRuleFile):
    """{where}: the value from {day} stands after the one from {before}.

    Put the values in order of their first days, oldest first.
    """

    zh = "{where}：自 {day} 起的值排在自 {before} 起的值之后。请按首日从早到晚排列。"


class ValuesOverlap(BadRuleFile):
    """{where}: the value from {before} holds until {until}, yet another begins on {day}.

    End the earlier value before {day}, or take its 'until' away.
    """

    zh = "{where}：自 {before} 起的值到 {until} 为止，但另一值自 {day} 起。请让前值在 {day} 前结束，或去掉 until。"


class UntilBeforeFirstDay(BadRuleFile):
    """{where}: the value from {day} ends on {until}, before it begins.

    Make 'until' its last day, {day} or later.
    """

    zh = "{where}：自 {day} 起的值在 {until} 结束，早于首日。请将 until 写为其最后一日（不早于 {day}）。"


class DuplicateRule(BadRuleFile):
    """{where}: rule {id} is already defined in {other}.

    Give the new rule its own id; a rule is never overwritten.
    """

    zh = "{where}：规则 {id} 已在 {other} 中定义。请为新规则另取编号；规则不会被覆盖。"


class ConfidenceMisfitsForce(BadRuleFile):
    """{where}: a {force} with confidence '{confidence}' and the prefix of {id} contradict each other.

    House rules have force house, confidence D and an id that begins with HS-; no other rule has any of these.
    """

    zh = (
        "{where}：force 为 {force}、confidence 为“{confidence}”与编号 {id} 的前缀相互矛盾。"
        "请改正：内部规则须 force: house、confidence: D 且编号以 HS- 开头；其他规则三者皆不可用。"
    )


class TestMisfitsFact(BadRuleFile):
    """{where}: the test '{test}' does not fit the fact '{fact}', which is a {type}.

    Test another fact, or use a test that fits.
    """

    zh = "{where}：检验“{test}”不适用于事实“{fact}”（类型 {type}）。请更换事实或检验方式。"


class LimitIsNoParameter(BadRuleFile):
    """{where}: '{limit}' is not a parameter of the rule.

    A clause holds no numbers; write the value under parameters and name it here. Parameters: {known}.
    """

    zh = "{where}：“{limit}”不是该规则的参数。条款中不写数值，请在 parameters 中写值并在此引用：{known}。"


class LimitMisfitsTest(BadRuleFile):
    """{where}: the parameter '{limit}' has the unit '{unit}', but the test wants {wanted}.

    Name another parameter, or change its unit.
    """

    zh = "{where}：参数“{limit}”的单位为“{unit}”，而该检验要求 {wanted}。请更换参数或更改单位。"


class KindMisfitsTests(BadRuleFile):
    """{where}: a rule of kind '{kind}' must use one of these tests: {wanted}.

    Change the kind or the tests.
    """

    zh = "{where}：类别为“{kind}”的规则须使用以下检验之一：{wanted}。请更改类别或检验。"


class ComputationLacksValue(BadRuleFile):
    """{where}: the computation '{computes}' takes the parameter '{name}' in the unit '{unit}', which is missing.

    Add the parameter with its dated values.
    """

    zh = "{where}：计算“{computes}”需要单位为“{unit}”的参数“{name}”。请补上该参数及其取值。"


class NothingTested(BadRuleFile):
    """{where}: nothing is tested here.

    Write at least one fact with a test, or an answer under 'otherwise'.
    """

    zh = "{where}：此处没有任何检验。请至少写一项事实及其检验，或写明 otherwise。"


class AmendsNothing(BadRuleFile):
    """{where}: '{key}' cannot be amended, there is no such value{guess}.

    Name a rule and a parameter of the packs that are loaded, as CN-FREQ-01.max.
    """

    zh = "{where}：没有可修订的“{key}”{guess}。请写已加载规则包中的规则与参数，例如 CN-FREQ-01.max。"


class AmendsThePast(BadRuleFile):
    """{where}: the amendment of '{key}' begins on {day}, but the rule has no value before that day to follow.

    Begin it after {first}; what held before is never overwritten.
    """

    zh = "{where}：对“{key}”的修订自 {day} 起，而该规则此前没有可承接的值。请从 {first} 之后开始；既往的值不会被覆盖。"


class NoSuchPack(PostloanError):
    """There is no rule pack '{pack}'.

    Packs that come with postloan: {known}.
    """

    zh = "没有名为“{pack}”的规则包。postloan 自带：{known}。"


class NoRuleFiles(PostloanError):
    """The folder {folder} holds no rule files.

    Put files with the ending .yaml there, or leave the folder out.
    """

    zh = "文件夹 {folder} 中没有规则文件。请放入以 .yaml 结尾的文件，或不指定该文件夹。"


class UnknownRule(PostloanError):
    """There is no rule '{rule}' in the rule book{guess}.

    'postloan rules list' shows all of them.
    """

    zh = "规则库中没有“{rule}”{guess}。可用 postloan rules list 查看全部规则。"


class NoRuleValue(PostloanError):
    """Rule '{rule}' has no value on {on}.

    Ask about another day.
    """

    zh = "规则“{rule}”在 {on} 没有值。请换一个日期。"


class BeforeFirstValue(NoRuleValue):
    """Rule '{rule}' has no value on {on}: its first value begins {first}.

    Ask about a later day, or add the earlier text under rules/{pack}/.
    """

    zh = "规则“{rule}”在 {on} 没有值：其首个值自 {first} 起。请查询更晚的日期，或在 rules/{pack}/ 下补充更早的文本。"


class AfterLastValue(NoRuleValue):
    """Rule '{rule}' has no value on {on}: its last value ended {last}.

    Ask about an earlier day, or add the text that followed under rules/{pack}/.
    """

    zh = "规则“{rule}”在 {on} 没有值：其最后一个值止于 {last}。请查询更早的日期，或在 rules/{pack}/ 下补充后续文本。"


class BetweenValues(NoRuleValue):
    """Rule '{rule}' has no value on {on}: one ended {last} and the next begins {first}.

    Ask about another day, or add the text between under rules/{pack}/.
    """

    zh = (
        "规则“{rule}”在 {on} 没有值：前值止于 {last}，后值自 {first} 起。"
        "请换一个日期，或在 rules/{pack}/ 下补充其间的文本。"
    )


class WrongKindOfValue(Fault):
    """Rule '{rule}' is counted in {unit}, but was read as {wanted}.

    Please report it with the command you ran.
    """

    zh = "规则“{rule}”的单位为 {unit}，却被当作 {wanted} 读取。请附上所用命令报告此问题。"
