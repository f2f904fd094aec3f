"""Terms that a notice states in sentences, without a label: days to sign and to pay, deposit, manner of bidding."""

from __future__ import annotations

import re
from decimal import Decimal

from postloan.market.reader_labels import labels
from postloan.market.reader_text import Page
from postloan.market.reader_values import small_number

_DAYS = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})(个)?(工作日|自然日|交易日|日|天)(?:之?内|以内)"
_SIGN = re.compile(
    _DAYS + r"(?:(?!工作日|[日天]之?内)[^。;\d]){0,24}?(?:签署|签订|签约)(?!后|之日|完成后|日)"
)
_PAY = re.compile(
    _DAYS + r"(?:(?!工作日|[日天]之?内|签署协议|签订协议)[^。;\d]){0,40}?"
    r"(?:付清|缴清|支付|付款|划付|划转|打款|缴纳转让价款|汇入)(?!后|之日|日)"
)
_MODE = re.compile(r"(?:采用|采取|通过|以)([^。;,]{0,16}?)(?:的)?(?:方式|模式|形式)")


def from_prose(page: Page) -> dict[str, object]:
    """Values for keys that sentences give; only what is stated."""
    text = page.compact
    found: dict[str, object] = {}
    if match := _SIGN.search(text):
        found["sign_days"] = _days(match)
    if match := _PAY.search(text):
        found["pay_days"] = _days(match)
    for match in _MODE.finditer(text):
        modes = [mode for mode in labels().modes if mode in match.group(1)]
        sentence = re.split(r"[。;]", text[: match.start()])[-1]
        if modes and not re.search(r"[如若仅可]", sentence[-24:]):
            found["bid_mode"] = modes[0]
            break
    if re.search(r"(?:贷款|资产|债权)(?:均|全部|皆)已(?:全部)?核销", text):
        found["written_off"] = "全部"
    if re.search(r"(?:无需|无须|不需|不收取|不设|免收|免交|不要求缴纳)[^。;,]{0,6}保证金", text):
        found["deposit"] = Decimal(0)
    return found


def _days(match: re.Match[str]) -> str:
    number = small_number(match.group(1))
    return f"{number}{'个' if match.group(2) else ''}{match.group(3)}"
