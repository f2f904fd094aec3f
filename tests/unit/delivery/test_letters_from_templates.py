"""Templates are slot-only and checked; letters carry the ledger's amounts, disclose limitation and pose as nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from postloan.delivery.letter import BadSender, Filler, Letter, Order, Sender, Withheld, digest_of
from postloan.delivery.templates import (
    KINDS,
    BadTemplate,
    UnknownTemplate,
    packaged,
    read_template,
    threat_in,
)
from postloan.delivery.tokens import NotGenuine, letter_of, token
from postloan.kernel import Money, Personal
from postloan.ledger import Balances
from postloan.rules import load_book

DAY = date(2026, 3, 2)
BOOK = load_book()
KEY = b"k" * 32
SENDER = Sender(
    {
        "lender": "示例消费金融有限公司", "lender_phone": "400-000-0000", "lender_site": "官方网站",
        "check_how": "登录官方应用。", "pay_how": "登录官方应用。", "object_how": "致电官方电话。",
        "complaint_channel": "12378。", "law_firm": "示例律师事务所", "lawyer": "钱一", "lawyer_licence": "1110",
        "lawyer_phone": "010-0", "mandate": "WT-1",
    },
    ("北京市示例路1号 收发中心",), "100000", "https://letters.example.cn/l/",
)  # fmt: skip
FACTS = {
    "contract_no": "HT1", "product_name": "个人消费贷款", "overdue_since": "2025-06-01", "due_on": "2026-03-31",
    "buyer": "示例资产公司", "servicer": "示例服务公司", "transferred_on": "2026-02-10", "plan_times": "12",
    "plan_each": "1000", "plan_total": "12000", "plan_first_on": "2026-04-01", "plan_until": "2026-03-25",
    "promised_on": "2026-03-05", "promised": "2000", "dispute_on": "2026-02-20", "dispute_about": "还款未入账。",
    "dispute_answer": "已入账。", "settled_on": "2026-02-28",
}  # fmt: skip
ORDER = Order(
    "LT1", "B1", "A1", "consumer", Personal("张䶮"), Personal("湖北省武汉市法院路8号1栋"), "430074", "registered",
    "id_card",
    Balances(Money(1_250_000), Money(83_012), Money(4_120)), DAY, date(2028, 6, 1), FACTS,
)  # fmt: skip
BARRED = replace(ORDER, limitation_on=date(2025, 1, 1))


def _filler(kind: str = "demand", sender: Sender = SENDER, **more: object) -> Filler:
    template = read_template(packaged(kind), kind, BOOK, on=DAY)
    return Filler(template, sender, BOOK, on=DAY, key=KEY, **more)  # type: ignore[arg-type]


def _fitting(kind: str, order: Order) -> Order:
    return replace(order, owed=Balances()) if kind == "settlement" else order


def _text(letter: Letter | Withheld) -> str:
    assert isinstance(letter, Letter), letter
    return "\n".join(line.get("text", "") for line in letter.content["lines"])


def _changed(kind: str, change: object) -> str:
    raw = yaml.safe_load(packaged(kind))
    change(raw)  # type: ignore[operator]
    return yaml.safe_dump(raw, allow_unicode=True)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_letter_can_be_filled_and_leaves_no_slot_open(kind: str) -> None:
    for order in (ORDER, BARRED):
        text = _text(_filler(kind).fill(_fitting(kind, order)))
        assert "{" not in text
        assert "HT1" in text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "settlement"])
def test_a_letter_about_a_barred_claim_says_so_and_threatens_nothing(kind: str) -> None:
    text = _text(_filler(kind).fill(BARRED))
    assert "诉讼时效期间可能已经届满" in text
    assert threat_in(text, BOOK, DAY) == ""
    assert "时效" not in _text(_filler(kind).fill(ORDER))


def test_the_parts_of_the_debt_stand_to_the_fen_and_add_up() -> None:
    letter = _filler().fill(ORDER)
    assert isinstance(letter, Letter)
    (rows,) = [line["rows"] for line in letter.content["lines"] if "rows" in line]
    assert rows == [["本金", "12,500.00"], ["利息", "830.12"], ["罚息", "41.20"], ["合计", "13,371.32"]]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=6, max_size=6).filter(any))
def test_whatever_the_parts_are_the_total_printed_is_their_sum(fen: list[int]) -> None:
    letter = _filler().fill(replace(ORDER, owed=Balances.of_fen(fen)))
    assert isinstance(letter, Letter)
    (rows,) = [line["rows"] for line in letter.content["lines"] if "rows" in line]
    shown = [Money.yuan(amount).fen for _, amount in rows]
    assert sum(shown[:-1]) == shown[-1] == sum(fen)


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("demand", lambda raw: raw["body"][1].update(text="{debt}"), ["{debt}", "Known are"]),
        ("demand", lambda raw: raw["body"][1].update(text="{name"), ["brace"]),
        ("demand", lambda raw: raw["body"].pop(2), ["balance_split", "CN-LTR-01"]),
        (
            "demand",
            lambda raw: raw["body"][2].update(table="", text="如下"),
            ["balance_split", "does not carry"],
        ),
        ("demand", lambda raw: raw["closing"].pop("items"), ["seal"]),
        ("demand", lambda raw: raw.update(needs=[]) or raw["body"].pop(2), ["CN-LTR-01"]),
        ("demand", lambda raw: raw["body"][8].update(given="pay_how"), ["how_to_pay"]),
        ("demand", lambda raw: raw.update(title="送达通知书"), ["送达", "court"]),
        ("reminder", lambda raw: raw["body"][1].update(text="否则申请强制执行"), ["强制执行"]),
        ("reminder", lambda raw: raw["body"].pop(2), ["CN-LTR-11"]),
        ("reminder", lambda raw: raw["body"][1].update(text="否则我们将起诉"), ["起诉", "not_barred"]),
        ("transfer", lambda raw: raw["body"][2].pop("items"), ["servicer", "CN-LTR-12"]),
        ("lawyer", lambda raw: raw["body"][1].pop("items"), ["firm, lawyer, mandate", "CN-LTR-03"]),
        ("plan", lambda raw: raw["body"][3].update(when="raining"), ["raining"]),
        ("plan", lambda raw: raw.pop("body"), ["cannot be read"]),
    ],
)
def test_a_template_with_a_mistake_is_refused_and_told_why(
    kind: str, change: object, words: list[str]
) -> None:
    with pytest.raises(BadTemplate) as refused:
        read_template(_changed(kind, change), "mine.yaml", BOOK, on=DAY)
    for word in words:
        assert word in str(refused.value)
    assert "mine.yaml" in refused.value.message("zh")


def test_the_version_of_a_template_changes_with_its_words_only() -> None:
    same = read_template("# a remark\n" + packaged("plan"), "plan", BOOK, on=DAY)
    other = read_template(packaged("plan").replace("告知书", "告知函"), "plan", BOOK, on=DAY)
    plain = read_template(packaged("plan"), "plan", BOOK, on=DAY)
    assert same.version == plain.version != other.version
    with pytest.raises(UnknownTemplate, match="demand"):
        packaged("ransom")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": Personal("")}, "no_addressee"),
        ({"address_class": "relative"}, "address_class"),
        ({"postcode": "43007"}, "postcode"),
        ({"owed": Balances()}, "nothing_owed"),
        ({"owed": Balances(Money(-1))}, "negative"),
        ({"facts": {**FACTS, "due_on": ""}}, "missing"),
        ({"facts": {**FACTS, "due_on": "2026-02-30"}}, "unreadable"),
        ({"facts": {**FACTS, "rates": "逾期将立案"}}, "court_word"),
        ({"facts": {**FACTS, "rates": "否则起诉"}, "limitation_on": date(2024, 1, 1)}, "barred_threat"),
        ({"letter_no": ""}, "no_number"),
    ],
)
def test_a_row_that_cannot_be_a_letter_is_withheld_with_its_reason(
    change: dict[str, object], code: str
) -> None:
    held = _filler().fill(replace(ORDER, **change))  # type: ignore[arg-type]
    assert isinstance(held, Withheld)
    assert held.code == code
    assert "张䶮" not in held.says["en"] + held.says["zh"]
    assert "法院路" not in held.says["en"]


def test_a_settlement_is_not_certified_while_money_is_owed() -> None:
    held = _filler("settlement").fill(ORDER)
    assert isinstance(held, Withheld)
    assert held.code == "owed"


def test_a_character_that_the_typeface_lacks_is_named_with_the_person_masked() -> None:
    held = _filler(lacks=lambda text: "䶮" if "䶮" in text else "").fill(ORDER)
    assert isinstance(held, Withheld)
    assert held.code == "glyph"
    for word in ("䶮 (U+4DAE)", "张●", "B1"):
        assert word in held.says["en"]


@pytest.mark.parametrize(
    ("change", "kind", "word"),
    [
        ({"lender": "市法院执行局"}, "demand", "CN-ID-02"),
        ({"lender": "示例法务中心"}, "demand", "CN-ID-02"),
        ({"lender": "送达中心"}, "demand", "court"),
        ({"mandate": ""}, "lawyer", "mandate"),
        ({"law_firm": ""}, "lawyer", "law_firm"),
        ({"pay_how": ""}, "demand", "pay_how"),
        ({"boss": "x"}, "demand", "boss"),
    ],
)
def test_a_sender_without_name_or_mandate_or_posing_as_an_authority_is_refused(
    change: dict[str, str], kind: str, word: str
) -> None:
    with pytest.raises(BadSender, match=word):
        _filler(kind, replace(SENDER, facts={**SENDER.facts, **change}))


@pytest.mark.parametrize("line", ["示例贷款中心", "催收部", "某某律师事务所", "法院专递", "Debt Services"])
def test_an_envelope_that_would_show_a_debt_is_refused(line: str) -> None:
    with pytest.raises(BadSender, match="HS-LTR-02"):
        _filler(sender=replace(SENDER, back=(line,)))


def test_the_envelope_shows_the_person_the_address_and_nothing_of_the_debt() -> None:
    letter = _filler().fill(ORDER)
    assert isinstance(letter, Letter)
    assert set(letter.content["envelope"]) == {
        "postcode",
        "address",
        "name",
        "back",
        "back_postcode",
        "number",
    }


def test_the_digest_changes_with_any_word_of_the_letter() -> None:
    one, other = _filler().fill(ORDER), _filler().fill(replace(ORDER, owed=Balances(Money(1_250_001))))
    assert isinstance(one, Letter)
    assert isinstance(other, Letter)
    assert one.digest == digest_of(one.content) != other.digest


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text), st.data())
def test_a_code_tells_its_letter_and_no_altered_code_does(number: str, data: st.DataObject) -> None:
    made = token(number, KEY)
    assert letter_of(made, KEY) == number
    place = data.draw(st.integers(0, len(made) - 1))
    letter = data.draw(st.sampled_from("ABCD2345.xé"))
    altered = made[:place] + letter + made[place + 1 :]
    if altered.upper() != made.upper():
        with pytest.raises(NotGenuine):
            letter_of(altered, KEY)
    with pytest.raises(NotGenuine):
        letter_of(made, b"o" * 32)
