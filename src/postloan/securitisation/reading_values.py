"""One table of a deal file: its values with their types, and the error where one is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NoReturn

from postloan.kernel import PostloanError
from postloan.securitisation.formula import BadFormula, Formula, Kind, read_formula
from postloan.securitisation.lanes import exact
from postloan.securitisation.mistakes import Blame
from postloan.securitisation.plain_numbers import fen_of, plain_number
from postloan.securitisation.schedule import Pattern, days_of


class Table:
    """A table and where it stands. Values are read by key; a missing key gives ``None`` unless it is needed."""

    def __init__(self, blame: Blame, data: Any, path: tuple[str, ...]) -> None:
        if not isinstance(data, dict):
            blame.fail(
                path,
                "a table belongs here",
                "Write [" + ".".join(path) + "] and keys below it.",
                "此处应为表",
            )
        self.blame, self.data, self.path = blame, data, path

    def fail(self, key: str, what: str, mend: str, what_zh: str = "", mend_zh: str = "") -> NoReturn:
        """The error about one key."""
        self.blame.fail((*self.path, key), what, mend, what_zh, mend_zh)

    def only(self, known: Sequence[str]) -> None:
        """Refuse keys that are not known."""
        for key in self.data:
            if key not in known:
                self.blame.unknown((*self.path, key), key, list(known), "key")

    def table(self, key: str, *, needed: bool = False) -> Table:
        """A table inside; empty where it is missing."""
        if key not in self.data and needed:
            self.fail(
                key, f"the table [{key}] is missing", f"Add [{key}].", f"缺少 [{key}]", f"请补充 [{key}]。"
            )
        return Table(self.blame, self.data.get(key, {}), (*self.path, key))

    def tables(self, key: str) -> Mapping[str, Table]:
        """The tables inside a table, by name."""
        group = self.table(key)
        return {name: Table(self.blame, value, (*group.path, name)) for name, value in group.data.items()}

    def items(self, key: str) -> list[Any]:
        """A list; empty where it is missing."""
        found = self.data.get(key, [])
        if not isinstance(found, list):
            self.fail(key, "a list belongs here", "Write [ … ].", "此处应为列表", "请写作 [ … ]。")
        return found

    def text(self, key: str) -> str:
        """A text; '' where it is missing."""
        found = self.data.get(key, "")
        if not isinstance(found, str):
            self.fail(key, "a text belongs here", "Put it in quotes.", "此处应为文本", "请加引号。")
        return found

    def word(self, key: str, known: Sequence[str], default: str = "", *, needed: bool = False) -> str:
        """One of the known words."""
        found = self.text(key)
        if not found:
            if needed:
                self.fail(
                    key,
                    f"'{key}' is missing",
                    f"Write one of {', '.join(known)}.",
                    f"缺少 {key}",
                    f"可用：{'、'.join(known)}。",
                )
            return default
        if found not in known:
            self.blame.unknown((*self.path, key), found, list(known), key)
        return found

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        found = self.data.get(key, default)
        if not isinstance(found, bool):
            self.fail(key, "true or false belongs here", "Write true or false.", "此处应为 true 或 false")
        return found

    def day(self, key: str, *, needed: bool = False) -> Any:
        """A day, as TOML writes it (2025-06-26) or in quotes."""
        found = self.data.get(key)
        if found is None:
            if needed:
                self.fail(
                    key,
                    f"'{key}' is missing",
                    f"Write {key} = 2025-06-26.",
                    f"缺少 {key}",
                    f"请写 {key} = 2025-06-26。",
                )
            return None
        return self._day(key, found)

    def _day(self, key: str, found: Any) -> date:
        if isinstance(found, date) and not isinstance(found, datetime):
            return found
        try:
            return date.fromisoformat(found)
        except (TypeError, ValueError):
            self.fail(
                key,
                f"'{found}' is no day",
                "Write it as 2025-06-26.",
                f"“{found}”不是日期",
                "请写作 2025-06-26。",
            )

    def money(self, key: str, *, needed: bool = False) -> int | None:
        """An amount of yuan into fen: a whole number, or a text with at most two decimals. Never negative."""
        found = self.data.get(key)
        if found is None:
            if needed:
                self.fail(
                    key,
                    f"'{key}' is missing",
                    f'Write {key} = "1000000.00".',
                    f"缺少 {key}",
                    f'请写 {key} = "1000000.00"。',
                )
            return None
        return self._fen(key, found)

    def _fen(self, key: str, found: Any) -> int:
        try:
            fen = fen_of("" if isinstance(found, bool) else str(found))
        except ValueError:
            self.fail(
                key,
                f"'{found}' is no amount of yuan",
                'Write it as "1234.56".',
                f"“{found}”不是金额（元）",
                '请写作 "1234.56"。',
            )
        if fen < 0:
            self.fail(
                key,
                f"{key} {found} is negative",
                "Balances and amounts are never negative.",
                f"{key} {found} 为负数",
                "余额与金额不得为负。",
            )
        return fen

    def rate(self, key: str) -> Fraction | None:
        """A rate: ``"2.03%"``, ``"0.0203"`` or a number."""
        found = self.data.get(key)
        return None if found is None else self._rate(key, found)

    def _rate(self, key: str, found: Any) -> Fraction:
        text = "" if isinstance(found, bool) else str(found).strip()
        try:
            return exact(plain_number(text[:-1]) / 100 if text.endswith("%") else plain_number(text))
        except ValueError:
            self.fail(
                key,
                f"'{found}' is no rate",
                'Write it as "2.03%" or "0.0203".',
                f"“{found}”不是利率",
                '请写作 "2.03%" 或 "0.0203"。',
            )

    def formula(self, key: str, kind: Kind) -> Formula | None:
        """A formula of a kind."""
        found = self.data.get(key)
        if found is None:
            return None
        try:
            return read_formula(str(found), kind)
        except BadFormula as error:
            why, mend, why_zh, mend_zh = (
                str(error.facts[name]) for name in ("why", "mend", "why_zh", "mend_zh")
            )
            what, what_zh = f"the formula '{found}' cannot be used: {why}", f"公式“{found}”无法使用：{why_zh}"
            self.fail(key, what, mend, what_zh, mend_zh)

    def pattern(self, key: str, *, needed: bool = False) -> Any:
        """A date pattern: a text, a day, or a list of these."""
        found = self.data.get(key)
        if found is None:
            if needed:
                self.fail(
                    key,
                    f"'{key}' is missing",
                    f'Write {key} = "month-end" or "day 26".',
                    f"缺少 {key}",
                    f'请写 {key} = "month-end"。',
                )
            return None
        pattern = self._pattern(key, found)
        try:
            days_of(pattern, date(2025, 1, 1), date(2025, 1, 2))
        except (PostloanError, ValueError) as error:
            what_zh = error.message("zh") if isinstance(error, PostloanError) else f"“{found}”不是日期规则"
            self.fail(
                key, str(error).rstrip("."), "Choose one of these.", what_zh.rstrip("。"), "请选择其一。"
            )
        return pattern

    def _pattern(self, key: str, found: Any) -> Pattern:
        if isinstance(found, list):
            return tuple(self._pattern(key, part) for part in found)
        if isinstance(found, date):
            return self._day(key, found)
        text = str(found)
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text

    def dated(self, key: str) -> tuple[tuple[date, int], ...]:
        """Amounts by day, as ``[["2025-06-26", "800.00"], …]``, in order."""
        return self._in_order(
            key, tuple((self._day(key, day), self._fen(key, amount)) for day, amount in self._pairs(key))
        )

    def dated_rates(self, key: str) -> tuple[tuple[date, Fraction], ...]:
        """Rates by day, in order."""
        return self._in_order(
            key, tuple((self._day(key, day), self._rate(key, rate)) for day, rate in self._pairs(key))
        )

    def _pairs(self, key: str) -> list[list[Any]]:
        pairs = self.items(key)
        for pair in pairs:
            if not isinstance(pair, list) or len(pair) != 2:
                self.fail(
                    key,
                    f"'{pair}' is no pair of a day and a value",
                    'Write ["2025-06-26", "800.00"].',
                    f"“{pair}”不是日期与数值",
                    '请写作 ["2025-06-26", "800.00"]。',
                )
        return pairs

    def _in_order(self, key: str, pairs: tuple[Any, ...]) -> tuple[Any, ...]:
        for before, after in itertools.pairwise(pairs):
            if after[0] <= before[0]:
                self.fail(
                    key,
                    f"{after[0]} does not come after {before[0]}",
                    "Put the days in order.",
                    f"{after[0]} 不晚于 {before[0]}",
                    "请按日期排序。",
                )
        return pairs
