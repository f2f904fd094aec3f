"""Text cells as SQL: trimmed, emptied of placeholders, read as numbers, days, yes or no, and terms.

Every function takes and returns SQL text of the portable subset. ``cleaned`` is the cell as it is shown
to people; ``typed`` its value, NULL where it cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from postloan.kernel.sql import literal
from postloan.tape.columns import Column
from postloan.tape.terms import words

BLANKS = " \t\r\n\u3000\u00a0\ufeff\u200b"
_WIDE = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "￥−–"
_SLIM = "".join(chr(code) for code in range(0x21, 0x7F)) + "¥--"
_EMPTY = (
    "", "-", "--", "---", "—", "——", "－", "/", "\\", "\\n", "null", "(null)", "<null>", "none", "nan", "nil", "n/a",
    "na", "#n/a", "无", "空", "暂无", "未知", "不详", "missing",
)  # fmt: skip
_NO_DAY = ("0", "0000-00-00", "00000000", "0000/00/00", "1900-01-00", "1900/1/0", "99991231", "9999-12-31")
_GROUPED = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?$"
_YMD = r"^([0-9]{4})[-/.年] ?([0-9]{1,2})[-/.月] ?([0-9]{1,2})日?([ t].*)?$"
_PARTS = r"^([0-9]{1,2})[-/. ]([0-9]{1,2}|[a-z]{3,9})[-/. ,]+([0-9]{4}|[0-9]{2})([ t].*)?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LAST_YOUNG = 68
"""Two-digit years up to this are 20xx, as in POSIX; the core asks no clock."""

ORDERS = ("YMD", "DMY", "MDY")
"""How a text date may be ordered; a month may be a name. YMD is always read."""

NUMBER_TYPE = "DECIMAL(28,8)"
"""SQL type of a number that was read from text and not rounded yet."""


def trimmed(cell: str) -> str:
    """The cell without blanks at its ends."""
    return f"TRIM({cell}, {literal(BLANKS)})"


def cleaned(cell: str, column: Column) -> str:
    """The text cell of a column as it is shown to people: trimmed, NULL where it only says that it is empty.

    What is written plainly, and that is nearly all of a tape, passes by the first WHEN.
    """
    text = trimmed(cell)
    known = set(words(column.enum)) if column.enum else set()
    if column.kind == "flag":
        known = set(words("answers"))
    empty = [word for word in _EMPTY if word not in known]
    if column.kind == "day":
        empty += _NO_DAY
    blank = f"LENGTH({text}) <= 10 AND {_among(f'LOWER({text})', empty)}"
    match column.kind:
        case "text":
            return f"CASE WHEN {blank} THEN NULL ELSE {text} END"
        case "day":
            return f"CASE WHEN {_iso(cell)} THEN {cell} WHEN {blank} THEN NULL ELSE {_slim(text)} END"
        case "term" | "flag":
            usual = list(words(column.enum or "answers"))
            return (
                f"CASE WHEN {cell} IS NULL THEN NULL WHEN {_among(cell, usual)} THEN {cell} "
                f"WHEN {blank} THEN NULL ELSE {plain_term(text)} END"
            )
        case "terms":
            return f"CASE WHEN {cell} IS NULL OR {blank} THEN NULL ELSE {_slim(text)} END"
    plain = f"TRY_CAST({cell} AS {NUMBER_TYPE}) IS NOT NULL"
    return (
        f"CASE WHEN {cell} IS NULL THEN NULL WHEN {plain} THEN {text} WHEN {blank} THEN NULL "
        f"ELSE {number_text(text)} END"
    )


def typed(text: str, column: Column, *, factor: Decimal = Decimal(1), order: str = "YMD") -> str:
    """The value of a cleaned cell; NULL where it cannot be read.

    factor: what the header's unit multiplies by. order: of text dates besides YMD.
    """
    match column.kind:
        case "text":
            return text
        case "money":
            return _money(text, factor)
        case "rate":
            return f"TRY_CAST(ROUND({_times(_rate(text), factor)}, 6) AS DECIMAL(9,6))"
        case "whole":
            return whole(number(text))
        case "day":
            return day(text, order)
        case "flag":
            return flag(text)
        case "term":
            return _term(text, column.enum)
        case "terms":
            return _terms(text, column.enum)
    raise KeyError(column.kind)


def misread(text: str, column: Column, value: str) -> str:
    """Whether a cleaned cell is filled but could not be read, given the SQL of its value."""
    if column.kind == "terms":
        known = sorted(words(column.enum), key=len, reverse=True)
        rest = f"REGEXP_REPLACE({_squeezed(text)}, '{_either(known)}', '', 'g')"
        return f"{text} IS NOT NULL AND REGEXP_MATCHES({rest}, '[^、，,;；|/ ]')"
    return f"{text} IS NOT NULL AND {value} IS NULL"


def number_text(text: str) -> str:
    """A number without currency, counting word, blanks and full-width digits; other text nearly as it is."""
    return (
        f"REGEXP_REPLACE({_slim(text)}, "
        "'[ \\t]+|^(rmb|cny|¥|人民币)|(元整|元|圆|天|日|次|周岁|岁|期)$', '', 'g')"
    )


def number(text: str) -> str:
    """The number in a cleaned cell: 1234.5, 1,234.50, (1,234.50), 1.2e5, 12.5万."""
    cast = f"AS {NUMBER_TYPE}"
    return f"COALESCE(TRY_CAST({text} {cast}), {_odd_number(text)})"


def _odd_number(text: str) -> str:
    cast = f"AS {NUMBER_TYPE}"
    bare = f"REPLACE(REGEXP_REPLACE({text}, '^[(]|[)]$|万$', '', 'g'), ',', '')"
    return (
        f"CASE WHEN REGEXP_MATCHES({text}, '{_GROUPED}') THEN TRY_CAST(REPLACE({text}, ',', '') {cast})"
        f" WHEN REGEXP_MATCHES({text}, '^[(][0-9][0-9,]*([.][0-9]+)?[)]$') THEN -TRY_CAST({bare} {cast})"
        f" WHEN REGEXP_MATCHES({text}, '^-?[0-9][0-9,]*([.][0-9]+)?万$')"
        f" THEN TRY_CAST({_times(f'TRY_CAST({bare} {cast})', Decimal(10_000))} {cast}) END"
    )


def whole(value: str) -> str:
    """A number as a whole one; NULL where it has a fraction."""
    return f"CASE WHEN {value} = FLOOR({value}) THEN TRY_CAST({value} AS INTEGER) END"


def day(text: str, order: str = "YMD") -> str:
    """The day in a cleaned cell: the forms of ``kernel.parse_day``, with a time behind, or an Excel serial."""
    made = (
        f"CASE WHEN {_iso(text)} THEN TRY_CAST(SUBSTR({text}, 1, 10) AS DATE)"
        f" WHEN REGEXP_MATCHES({text}, '^(19|20)[0-9]{{6}}([0-9]{{6}})?$') THEN "
        f"{_date(f'SUBSTR({text}, 1, 4)', f'SUBSTR({text}, 5, 2)', f'SUBSTR({text}, 7, 2)')}"
        f" WHEN REGEXP_MATCHES({text}, '{_YMD}') THEN "
        f"{_date(*(f'''REGEXP_EXTRACT({text}, '{_YMD}', {part})''' for part in (1, 2, 3)))}"
        f" WHEN REGEXP_MATCHES({text}, '^[2-6][0-9]{{4}}([.][0-9]+)?$')"
        f" THEN DATE '1899-12-30' + TRY_CAST(SUBSTR({text}, 1, 5) AS INTEGER)"
    )
    if order != "YMD":
        first, second = (f"REGEXP_EXTRACT({text}, '{_PARTS}', {part})" for part in (1, 2))
        of_month, month = (first, second) if order == "DMY" else (second, first)
        made += (
            f" WHEN REGEXP_MATCHES({text}, '{_PARTS}') THEN CASE WHEN REGEXP_MATCHES({second}, '^[a-z]') THEN "
            f"{_date(_year(text), _month_name(second), first)} ELSE {_date(_year(text), month, of_month)} END"
        )
    return made + " END"


def flag(text: str) -> str:
    """Yes or no from a cleaned cell."""
    return _by_word(
        text, {word: "TRUE" if code == "yes" else "FALSE" for word, code in words("answers").items()}
    )


def plain_term(text: str) -> str:
    """A term without width, case, blanks and what stands in brackets behind it."""
    slim = _squeezed(_slim(text))
    bare = f"REGEXP_REPLACE({slim}, '(.)[(【].*[)】]$', '\\1')"
    return f"CASE WHEN REGEXP_MATCHES({text}, '[(（【]') THEN {bare} ELSE {slim} END"


def _among(text: str, listed: Sequence[str]) -> str:
    """Whether a text is one of a list; an IN list would become a join, which reads every column."""
    return f"POSITION(CONCAT('¦', {text}, '¦') IN {literal('¦' + '¦'.join(listed) + '¦')}) > 0"


def _by_word(text: str, known: Mapping[str, str]) -> str:
    cases = "".join(f" WHEN {literal(word)} THEN {value}" for word, value in known.items())
    return f"CASE {text}{cases} END"


def _iso(text: str) -> str:
    """Whether a text looks like 2025-06-30, perhaps with a time behind it."""
    ends = f"(LENGTH({text}) = 10 OR SUBSTR({text}, 11, 1) IN (' ', 't', 'T'))"
    return f"SUBSTR({text}, 1, 2) <> '00' AND SUBSTR({text}, 5, 1) = '-' AND SUBSTR({text}, 8, 1) = '-' AND {ends}"


def _slim(text: str) -> str:
    """Without case and width; TRANSLATE is slow, so only what holds a wide character goes through it."""
    slim = f"TRANSLATE({text}, {literal(_WIDE)}, {literal(_SLIM)})"
    return f"LOWER(CASE WHEN REGEXP_MATCHES({text}, '[！-～￥−–]') THEN {slim} ELSE {text} END)"


def _squeezed(text: str) -> str:
    return f"REPLACE(REPLACE({text}, ' ', ''), '\u3000', '')"


def _money(text: str, factor: Decimal) -> str:
    odd = f"TRY_CAST(ROUND({_times(_odd_number(text), factor)}, 2) AS DECIMAL(18,2))"
    if factor != 1:
        return f"TRY_CAST(ROUND({_times(number(text), factor)}, 2) AS DECIMAL(18,2))"
    return f"COALESCE(TRY_CAST({text} AS DECIMAL(18,2)), {odd})"


def _rate(text: str) -> str:
    bare = f"REGEXP_REPLACE({text}, '[%‰]$', '')"
    per = f"CAST(CASE WHEN SUBSTR({text}, LENGTH({text})) = '%' THEN 0.01 ELSE 0.001 END AS DECIMAL(4,3))"
    small = f"TRY_CAST({number(bare)} AS DECIMAL(20,8))"
    return (
        f"COALESCE(TRY_CAST({text} AS DECIMAL(20,8)), "
        f"CASE WHEN REGEXP_MATCHES({text}, '[%‰]$') THEN TRY_CAST({small} * {per} AS DECIMAL(20,8)) ELSE {small} END)"
    )


def _times(value: str, factor: Decimal) -> str:
    if factor == 1:
        return value
    shape = "DECIMAL(9,0)" if factor == factor.to_integral_value() else "DECIMAL(4,3)"
    return f"({value}) * CAST({factor:f} AS {shape})"


def _term(text: str, enum: str) -> str:
    return _by_word(text, {word: literal(code) for word, code in words(enum).items()})


def _terms(text: str, enum: str) -> str:
    by_code: dict[str, list[str]] = {}
    for word, code in words(enum).items():
        by_code.setdefault(code, []).append(word)
    listed = f"CONCAT('、', {_squeezed(f'''REPLACE({text}, ' ', '、')''')}, '、')"
    found = ", ".join(
        f"CASE WHEN REGEXP_MATCHES({listed}, '[、，,;；|/]{_either(known)}[、，,;；|/]') THEN '{code} ' ELSE '' END"
        for code, known in by_code.items()
    )
    return f"CASE WHEN {text} IS NOT NULL THEN TRIM(CONCAT({found})) END"


def _either(known: list[str]) -> str:
    return f"({'|'.join(known)})"


def _date(year: str, month: str, of_month: str) -> str:
    return f"TRY_CAST(CONCAT_WS('-', {year}, LPAD({month}, 2, '0'), LPAD({of_month}, 2, '0')) AS DATE)"


def _year(text: str) -> str:
    year = f"REGEXP_EXTRACT({text}, '{_PARTS}', 3)"
    century = f"CASE WHEN TRY_CAST({year} AS INTEGER) <= {_LAST_YOUNG} THEN '20' ELSE '19' END"
    return f"CASE WHEN LENGTH({year}) = 2 THEN CONCAT({century}, {year}) ELSE {year} END"


def _month_name(name: str) -> str:
    cases = "".join(f" WHEN '{month}' THEN '{place}'" for place, month in enumerate(_MONTHS, 1))
    return f"CASE SUBSTR({name}, 1, 3){cases} END"
