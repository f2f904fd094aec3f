"""From JSON values to the notice's own and back, with one clear error for whatever does not fit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from postloan.market.notice_faults import BadNotice

Shape = Callable[[object], object]


class _Wrong(Exception):
    """A value that does not fit; carries what was expected, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Wrong("a text, or null where nothing is known", "文本；不知道时写 null")
    return value


def _required_text(value: object) -> str:
    if value is None:
        raise _Wrong("a name for the notice, for example the file's", "公告的编号，例如文件名")
    return _text(str(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def _decimal(value: object) -> Decimal:
    wrong = _Wrong(
        "a number, for example 66369783.05, without unit or commas",
        "数字，例如 66369783.05，不带单位和逗号",
    )
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise wrong
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise wrong from error
    if not number.is_finite() or (number and not -20 <= number.adjusted() <= 18):
        raise wrong
    return number


def _positive(value: object) -> Decimal:
    number = _decimal(value)
    if number < 0:
        raise _Wrong("an amount of nought or more", "不小于零的数")
    return number


def _amount(value: object) -> Decimal:
    number = _positive(value)
    if number >= Decimal("1e15"):
        raise _Wrong("an amount in yuan below 10 to the 15th", "以元为单位、小于 10 的 15 次方的金额")
    if number != round(number, 2):
        raise _Wrong("an amount in yuan with at most two decimals", "以元为单位、最多两位小数的金额")
    return number


def _count(value: object) -> int:
    if isinstance(value, str):
        raise _Wrong("a whole number, without unit", "不带单位的整数")
    number = _positive(value)
    if number != number.to_integral_value():
        raise _Wrong("a whole number", "整数")
    return int(number)


def _count_or_all(value: object) -> int | str:
    return "全部" if value == "全部" else _count(value)


def _counts(value: object) -> Mapping[str, int | str]:
    if not isinstance(value, Mapping) or not value:
        raise _Wrong(
            'an object of counts such as {"损失": 411}, or null',
            '各类笔数组成的对象，例如 {"损失": 411}；不知道时写 null',
        )
    return {_text(name): _count_or_all(count) for name, count in value.items()}


_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?: ([01]\d|2[0-3]):([0-5]\d))?")


def _day(value: object) -> str:
    wrong = _Wrong("a day such as 2025-06-30", "日期，例如 2025-06-30")
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong
    try:
        date(*(int(part) for part in match.groups()))
    except ValueError as error:
        raise wrong from error
    return match.group(0)


def _day_or_month(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        return value
    return _day(value)


def _moment(value: object) -> str:
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _Wrong("a time such as 2026-03-17 17:00", "时间，例如 2026-03-17 17:00")
    _day(match.group(1))
    return match.group(0)


def _form(value: object) -> str:
    if value not in ("table", "press"):
        raise _Wrong('"table" or "press"', '"table" 或 "press"')
    return str(value)


def _object(inner: Shape) -> Shape:
    def shape(value: object) -> object:
        if not isinstance(value, Mapping):
            raise _Wrong("an object", "对象")
        return {str(key): inner(entry) for key, entry in value.items()}

    return shape


def _tolerance(value: object) -> Decimal | None:
    return None if value is None else _positive(value)


def _source_part(value: object) -> str | None:
    return None if value is None else _text(value)


def _check(value: object) -> bool | Decimal:
    return value if isinstance(value, bool) else _decimal(value)


SHAPES: Mapping[str, Shape] = {
    "id": _required_text,
    **dict.fromkeys(("seller", "seller_type", "product", "period", "doc_kind"), _text),
    "text_form": _form,
    **dict.fromkeys(
        ("principal", "interest", "total", "other_fees", "claim_total", "max_borrower", "avg_borrower",
         "weighted_credit_limit", "start_price", "increment", "deposit", "sold_price"), _amount),
    **dict.fromkeys(("loans", "borrowers"), _count),
    **dict.fromkeys(("weighted_overdue_days", "weighted_age"), _positive),
    "cutoff_date": _day,
    "published": _day_or_month,
    "bid_deadline": _moment,
    "bid_date": _day_or_month,
    **dict.fromkeys(("free_bid_start", "free_bid_end"), _moment),
    "extension_minutes": _count,
    "bid_mode": _text,
    "five_class": _counts,
    "written_off": _count_or_all,
    **dict.fromkeys(("guarantee", "litigation"), _counts),
    **dict.fromkeys(("sign_days", "pay_days", "buyer"), _text),
    "sold_date": _day_or_month,
    "remarks": _text,
    "as_reported": _object(_text),
    "tolerance": _object(_tolerance),
    "source": _object(_source_part),
    "checks": _object(_check),
}  # fmt: skip
"""Every key, in order, with what turns its JSON value into the notice's."""

_OBJECTS = ("as_reported", "tolerance", "source", "checks")


def checked(record: object, *, where: str) -> dict[str, object]:
    """The values of a decoded JSON object, ready for ``Notice``.

    Raises:
        BadNotice: not an object, an unknown key, or a value that does not fit; names key and how to mend.
    """
    if not isinstance(record, Mapping):
        raise BadNotice(
            where=where, what=f"a notice is a JSON object, not {_kind(record)}",
            what_zh=f"公告应为 JSON 对象，而不是{_kind(record)}",
            mend="Put the keys between { and }, one notice an object.",
            mend_zh="请把各键写在 { 与 } 之间，一份公告一个对象。",
        )  # fmt: skip
    for key in record:
        if key not in SHAPES:
            near = get_close_matches(str(key), SHAPES, n=1)
            hint_en = f"Did you mean '{near[0]}'?" if near else "Remove it; 'id', 'seller', 'total' are keys."
            hint_zh = f"是否应为“{near[0]}”？" if near else "请删除该键；可用的键如 id、seller、total。"
            raise BadNotice(
                where=where, what=f"unknown key '{key}'", what_zh=f"未知的键“{key}”",
                mend=hint_en, mend_zh=hint_zh,
            )  # fmt: skip
    values: dict[str, object] = {}
    for key, shape in SHAPES.items():
        value = record.get(key)
        if value is None and key != "id":
            continue
        try:
            values[key] = shape(value)
        except _Wrong as wrong:
            shown = str(value) if len(str(value)) <= 40 else str(value)[:37] + "..."
            raise BadNotice(
                where=where, what=f"key '{key}' holds {shown!r}, expected {wrong.en}",
                what_zh=f"键“{key}”的值为 {shown!r}，应为{wrong.zh}",
                mend=f"Correct '{key}', or set it to null if the notice is silent."
                if key != "id" else "Give every notice an id.",
                mend_zh=f"请更正“{key}”；公告未载明时写 null。" if key != "id" else "请为每份公告写上 id。",
            ) from wrong  # fmt: skip
    if "source" in values and isinstance(values["source"], Mapping):
        source = values["source"]
        values["source"] = {"site": source.get("site"), "date": source.get("date")}
    return values


def _kind(value: object) -> str:
    return {"list": "[…]", "NoneType": "null"}.get(type(value).__name__, repr(value)[:30])


def number_out(value: object) -> object:
    """A value as JSON holds it: whole decimals as ints, others as floats, mappings as dicts."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {key: number_out(entry) for key, entry in value.items()}
    return value
