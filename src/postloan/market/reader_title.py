"""The title of a notice: <seller>关于<period>个人不良贷款(<product>)转让项目…公告, however it is broken over lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from postloan.decide import parties
from postloan.market.reader_values import small_number

_FURNITURE = re.compile(
    r"^(?:银登网|银登中心|银行业信贷资产登记流转中心(?:有限公司)?|不良贷款转让公告|转让公告|招商公告|信息披露|项目公告"
    r"|首页|公告名称:?|项目名称:?|公告标题:?|标题:?)+"
)
_PERIOD = re.compile(r"(20\d\d)年?度?-?第?0*(\d{1,4}|[一二三四五六七八九十百]{1,5})(?:期|号)")
_INSTITUTION = re.compile(
    r".*?(?:公司|银行(?:股份)?(?:有限)?(?:责任)?(?:公司)?|支行|分行|信用卡中心|信用社|联社|联合社)"
    r"(?:[一-鿿]{2,12}?(?:分行|支行|信用卡中心|分公司|中心|营业部))*"
)
_KIND = re.compile(r"(债权转让公告|招商公告|转让结果公告|结果公告|转让公告|公告)(\([^()]{1,8}\))?")
_ABOUT = tuple(
    re.compile(rf"(?P<seller>.*?)关于(?:公开转让|转让|开展)?(?P<mid>.*?)(?P<rest>(?:{begins}).*)")
    for begins in (
        "个人(?:不良|消费|经营|信用|住房|汽车|综合)",
        "信用卡|个人|不良(?:贷款|资产|债权)",
        "转让|公告",
    )
)
_FARTHEST = 6_000  # characters in which a title begins
_LONGEST_NAME = 40  # characters of a seller's name that may stand on the lines above
_NO_PRODUCT = re.compile(r"重新挂牌|协议|第.{1,5}期|批次|更正|修订")
_PRODUCTS = (
    (re.compile(r"个人消费[及和、]经营[类性]?"), "个人消费及经营性贷款"),
    (re.compile(r"信用卡"), "信用卡透支"),
    (re.compile(r"个人消费"), "个人消费贷款"),
    (re.compile(r"个人经营"), "个人经营类贷款"),
)


@dataclass(frozen=True, slots=True)
class Title:
    """What a title says; None where it does not.

    text: the whole, without blanks. seller, period, product, doc_kind: see ``Notice``.
    """

    text: str | None = None
    seller: str | None = None
    period: str | None = None
    product: str | None = None
    doc_kind: str | None = None


def read_title(head: str) -> Title:
    """The title in the lines before the first label.

    head: regular text, with its line breaks.
    """
    text = _title_text(head)
    if text is None:
        return Title()
    seller, mid, rest = _parts(text)
    period = _as_titled(mid) or _period(text)
    return Title(text, seller or None, period, _product(rest), _doc_kind(text))


def _title_text(head: str) -> str | None:
    """The lines that make up the title, joined without blanks."""
    lines = [re.sub(r"[\s|#*]", "", line) for line in head[:_FARTHEST].split("\n")]
    for about in (
        [i for i, line in enumerate(lines) if "关于" in line]
        + [i for i, line in enumerate(lines) if re.search(r"20\d\d年", line)]
        + [i for i, line in enumerate(lines) if line]
    ):
        first = about
        while (
            first > 0
            and lines[first - 1]
            and sum(map(len, lines[first - 1 : about])) <= _LONGEST_NAME
            and not _closes(lines[first - 1])
        ):
            first -= 1
        text = ""
        for last in range(first, min(about + 8, len(lines))):
            text += lines[last]
            if match := re.search(r"关于.*?公告|20\d\d.*?公告|(?:公司|银行|行).*公告", text):
                follows = "".join(lines[last + 1 : last + 4])
                rest = text[match.end() :]
                wanted = follows.startswith("(") if not rest else rest.startswith("(") and ")" not in rest
                text += follows if wanted else ""
                return _cut(text, match.end())
    return None


def _closes(line: str) -> bool:
    """A line that belongs to something before the title."""
    return bool(re.search(r"[:>。]|公告(?:\(.{2,6}\))?$|^\d{4}[-年/.]\d", line)) or bool(
        (match := _FURNITURE.match(line)) and match.end() == len(line)
    )


def _cut(text: str, end: int) -> str:
    tail = re.match(r"(?:\([^()]{1,8}\))?", text[end:])
    text = text[: end + (tail.end() if tail else 0)]
    while (match := _FURNITURE.match(text)) and "公告" in text[match.end() :]:
        text = text[match.end() :]
    return text


def _parts(text: str) -> tuple[str, str, str]:
    """Seller, what stands between it and the kind of loans (mostly the period), and the rest."""
    if match := next(filter(None, (about.match(text) for about in _ABOUT)), None):
        seller, mid, rest = match.group("seller", "mid", "rest")
        if not seller and (named := _INSTITUTION.match(mid)):
            return named.group(), mid[named.end() :], rest
        return seller, mid, rest
    if match := re.match(r"(?P<seller>.*?)(?P<mid>20\d\d年.*?)(?=个人|信用卡|不良|转让)(?P<rest>.*)", text):
        return _only_name(match.group("seller")), match.group("mid"), match.group("rest")
    if named := _INSTITUTION.match(text):
        return named.group(), "", text[named.end() :]
    return "", "", text


def _only_name(text: str) -> str:
    """An institution's name without what a report says around it (…讯, 日前发布)."""
    text = re.sub(r"^.{0,14}?(?:讯|日电|报道|获悉|消息|日前|近日)[,:]?", "", text)
    named = _INSTITUTION.match(text)
    return named.group() if named else text


def _period(text: str) -> str | None:
    match = _PERIOD.search(text)
    if match is None:
        return None
    number = match.group(2)
    counted = small_number(number) if not number.isdigit() else int(number)
    return f"{match.group(1)}年第{counted if counted is not None else number}期"


def _as_titled(mid: str) -> str | None:
    """What the title calls the issue: 2025年第1期, 2025年第3期之一, 2025-11-17郑州."""
    mid = re.sub(r"\((?:重新挂牌|再次挂牌)\)", "", mid).strip("的()-,")
    match = _PERIOD.search(mid)
    if match is None:
        return mid or None
    rest = mid[match.end() :]
    return f"{_period(mid)}{rest}" if len(rest) <= 8 and rest[:1] not in ("的", "拟", ",") else _period(mid)


def _product(rest: str) -> str | None:
    for match in re.finditer(r"\(([^()]{2,30})\)", rest):
        if not _NO_PRODUCT.search(match.group(1)):
            return match.group(1)
    for pattern, product in _PRODUCTS:
        if pattern.search(rest):
            return product
    return None


def _doc_kind(text: str) -> str | None:
    printed = re.search(
        r"转让项目(?:的)?(?:个人)?(?:不良贷款|不良资产|不良债权)?([一-鿿]{0,10}公告(?:\([^()]{1,12}\))?)$",
        text,
    )
    if printed and len(printed.group(1)) > 2:
        again = "重新挂牌" in text and "重新挂牌" not in printed.group(1)
        return printed.group(1) + ("(重新挂牌)" if again else "")
    kinds = list(_KIND.finditer(text))
    if not kinds:
        return None
    name, suffix = kinds[-1].groups()
    if name in ("公告", "结果公告"):
        told = (("结果", "转让结果公告"), ("转让", "转让公告"), ("招商", "招商公告"))
        name = next((kind for word, kind in told if word in text), "")
    if not name:
        return None
    if name == "债权转让公告":
        return name + ("(协议)" if suffix and "协议" in suffix else "")
    return name + ("(重新挂牌)" if "重新挂牌" in text or "再次挂牌" in text else "")


def seller_type(seller: str) -> str | None:
    """The kind of institution that a seller's name tells, in Chinese; None where it does not."""
    kind = parties.guess_party(seller).kind
    return None if kind == parties.UNKNOWN else parties.party_types()[kind].terms["zh"]
