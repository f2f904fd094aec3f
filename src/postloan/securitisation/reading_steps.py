"""The steps of a waterfall, from the inline tables of a deal file."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from postloan.securitisation.deal import Limit, Step
from postloan.securitisation.mistakes import Blame
from postloan.securitisation.paying import STEP_WORDS
from postloan.securitisation.reading_values import Table

_KEYS = ("do", "from", "to", "limit", "when", "steps", "otherwise", "help", "shares", "value")
_ACCOUNTS_TO = ("transfer", "fill-reserve", "release-reserve", "sell-pool")
_FEES_TO = ("calculate-fees", "pay-fees", "pay-fees-in-order", "calculate-and-pay-fees")
_NO_SOURCE = ("calculate-fees", "accrue-interest", "sell-pool", "write-off", "if")
_ONE_TARGET = ("transfer", "fill-reserve", "release-reserve", "sell-pool")


class StepReader:
    """Reads steps against the names of one deal."""

    def __init__(
        self, blame: Blame, accounts: tuple[str, ...], fees: tuple[str, ...], bonds: tuple[str, ...]
    ) -> None:
        self.blame, self.accounts, self.fees, self.bonds = blame, accounts, fees, bonds

    def steps(self, found: Any, path: tuple[str, ...]) -> tuple[Step, ...]:
        """A list of steps."""
        if not isinstance(found, list):
            self.blame.fail(
                path,
                "a list of steps belongs here",
                "Write [ { do = … }, … ].",
                "此处应为步骤列表",
                "请写作 [ { do = … }, … ]。",
            )
        return tuple(self.step(item, (*path, str(number))) for number, item in enumerate(found))

    def step(self, found: Any, path: tuple[str, ...]) -> Step:
        """One step."""
        table = Table(self.blame, found, path)
        table.only(_KEYS)
        do = table.word(
            "do", STEP_WORDS, "if" if "steps" in table.data else "", needed="steps" not in table.data
        )
        names = self.names(table, do)
        source = table.text("from")
        if source and source not in self.accounts:
            self.blame.unknown((*path, "from"), source, list(self.accounts), "account")
        if not source and do not in _NO_SOURCE:
            table.fail(
                "from",
                f"'{do}' needs an account to pay from",
                'Write from = "ACCOUNT".',
                f"“{do}”缺少付款账户",
                '请写 from = "账户名"。',
            )
        helpers = tuple(map(str, table.items("help")))
        for helper in helpers:
            if helper not in self.accounts:
                self.blame.unknown((*path, "help"), helper, list(self.accounts), "account")
        return Step(
            do=do,
            source=source,
            names=names,
            limit=self.limit(table),
            when=table.formula("when", "condition"),
            steps=self.steps(table.data.get("steps", []), (*path, "steps")),
            otherwise=self.steps(table.data.get("otherwise", []), (*path, "otherwise")),
            help=helpers,
            shares=self.shares(table, names),
            value=table.formula("value", "money"),
            line=self.blame.line(*path),
        )

    def names(self, table: Table, do: str) -> tuple[str, ...]:
        """Whom a step pays."""
        found = table.data.get("to", [])
        names = tuple(map(str, found if isinstance(found, list) else [found]))
        if do == "if":
            return names
        known: tuple[str, ...] = self.bonds
        of = "bond"
        if do in _ACCOUNTS_TO:
            known, of = self.accounts, "account"
        elif do in _FEES_TO:
            known, of = self.fees, "fee"
        elif do == "pay-residual":
            known, of = self.bonds + self.fees + self.accounts, "bond, fee or account"
        for name in names:
            if name not in known:
                self.blame.unknown((*table.path, "to"), name, list(known), of)
        if not names or (do in _ONE_TARGET and len(names) != 1) or len(set(names)) != len(names):
            table.fail(
                "to",
                f"'{do}' needs {'one name' if do in _ONE_TARGET else 'names, each once'}",
                f'Write to = ["{of.upper()}"].',
                f"“{do}”的收款方不对",
            )
        return names

    def shares(self, table: Table, names: tuple[str, ...]) -> tuple[Fraction, ...]:
        """How a residual is split."""
        found = tuple(
            Table(self.blame, {"shares": share}, table.path).rate("shares") or Fraction(0)
            for share in table.items("shares")
        )
        if found and (len(found) != len(names) or sum(found) != 1):
            table.fail(
                "shares",
                "the shares do not fit: one for each name, summing to 1",
                'Write for example shares = ["80%", "20%"].',
                "分配比例不符：每个收款方一个，合计为 1",
                '例如 shares = ["80%", "20%"]。',
            )
        return found

    def limit(self, table: Table) -> Limit | None:
        """How much a step may move."""
        if "limit" not in table.data:
            return None
        limit = Table(self.blame, table.data["limit"], (*table.path, "limit"))
        limit.only(("share", "cap", "keep"))
        return Limit(limit.rate("share"), limit.formula("cap", "money"), limit.formula("keep", "money"))
