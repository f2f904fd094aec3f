"""A deal file (TOML) into terms, with every mistake named by line, name and remedy."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from postloan.securitisation.deal import (
    Account,
    Bond,
    Conventions,
    Dates,
    Fee,
    Forecast,
    IncomeRights,
    Pool,
    Terms,
    Trigger,
)
from postloan.securitisation.formula import STATUSES
from postloan.securitisation.mistakes import BadDeal, Blame, NewerDeal
from postloan.securitisation.reading_steps import StepReader
from postloan.securitisation.reading_values import Table
from postloan.securitisation.sayings import saying
from postloan.securitisation.schedule import DAY_COUNTS

FORMAT = 1
"""The newest format of deal files that this version reads and writes."""

_TOP = (
    "format", "name", "status", "conventions", "dates", "pool", "accounts", "collections", "fees", "bonds",
    "waterfalls", "triggers", "clean_up", "income_rights", "forecasts", "retention", "sources", "remaining",
    "not_imported",
)  # fmt: skip
WATERFALLS = (
    "normal",
    "accelerated",
    "defaulted",
    "revolving",
    "clean-up",
    "collection",
    "closing",
    "pre-closing",
)
MOMENTS = ("before-collection", "after-collection", "before-payment", "after-payment")
_LONGEST = 100
INVESTORS = ("qualified_institution", "wealth_product", "own_wealth_product", "retail", "other")
_CASH = ("principal", "interest", "prepayment", "recovery")
_FEES = ("one-off", "recurring", "scheduled", "annual-rate", "share", "target", "cost", "per-collection")
_BONDS = ("pass-through", "scheduled", "lockout", "equity")


def read_terms(text: str, file: str = "deal") -> Terms:
    """The terms of a deal file.

    Raises:
        BadDeal: something in it is wrong; the message names line, name and remedy.
        NewerDeal: the file was written for a newer version. BadFormula: a formula is wrong.
    """
    blame = Blame(file, text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDeal(
            file=file,
            place="",
            place_zh="",
            what=f"it is no TOML: {error}",
            mend="Check quotes, brackets and equals signs at that place.",
            what_zh=f"不是有效的 TOML：{error}",
            mend_zh="请检查该处的引号、括号与等号。",
        ) from error
    top = Table(blame, data, ())
    number = data.get("format", FORMAT)
    if isinstance(number, int) and number > FORMAT:
        raise NewerDeal(file=file, line=blame.line("format") or 1, format=number, known=FORMAT)
    top.only(_TOP)
    return _Reader(blame, top, text).read()


class _Reader:
    def __init__(self, blame: Blame, top: Table, text: str) -> None:
        self.blame, self.top, self.text = blame, top, text

    def read(self) -> Terms:
        top = self.top
        conventions = self.conventions(top.table("conventions"))
        dates = self.dates(top.table("dates", needed=True))
        accounts = {name: self.account(name, table) for name, table in top.tables("accounts").items()}
        fees = {name: self.fee(name, table, dates) for name, table in top.tables("fees").items()}
        bonds = {
            name: self.bond(name, table, conventions, dates) for name, table in top.tables("bonds").items()
        }
        self.not_empty(bonds, accounts)
        self.distinct(accounts, fees, bonds)
        steps = StepReader(self.blame, tuple(accounts), tuple(fees), tuple(bonds))
        waterfalls = {}
        for name, found in top.table("waterfalls", needed=True).data.items():
            if name not in WATERFALLS:
                self.blame.unknown(("waterfalls", name), name, list(WATERFALLS), "waterfall")
            waterfalls[name] = steps.steps(found, ("waterfalls", name))
        triggers = {name: self.trigger(name, table, steps) for name, table in top.tables("triggers").items()}
        clean_up = top.table("clean_up")
        clean_up.only(("when",))
        status = top.word("status", STATUSES, "normal")
        retention, remaining = top.table("retention"), top.table("remaining")
        retention.only(("share",))
        terms = Terms(
            name=top.text("name") or "deal",
            dates=dates,
            conventions=conventions,
            pool=self.pool(top.table("pool")),
            accounts=accounts,
            collections=self.collections(top.table("collections"), accounts),
            fees=fees,
            bonds=bonds,
            waterfalls=waterfalls,
            triggers=triggers,
            outside=tuple(map(str, top.table("collections").items("outside"))),
            clean_up=clean_up.formula("when", "condition"),
            status=status,
            forecasts={name: self.forecast(name, table) for name, table in top.tables("forecasts").items()},
            retained=retention.rate("share") or Fraction(0),
            sources=tuple(map(str, top.items("sources"))),
            remaining={name: remaining.rate(name) or Fraction(0) for name in remaining.data},
            not_imported=tuple(map(str, top.items("not_imported"))),
            income_rights=self.income_rights(top) if "income_rights" in top.data else None,
            text=self.text,
        )
        self.known_names(terms)
        return terms

    def not_empty(self, bonds: Mapping[str, Bond], accounts: Mapping[str, Account]) -> None:
        if not bonds:
            self.blame.fail(
                ("bonds",),
                "the deal has no bonds",
                "Give each class a table [bonds.NAME].",
                "没有任何证券",
                "请为每档写一个 [bonds.名称]。",
            )
        if not accounts:
            self.blame.fail(
                ("accounts",),
                "the deal has no accounts",
                "Give each account a table [accounts.NAME].",
                "没有任何账户",
                "请为每个账户写一个 [accounts.名称]。",
            )

    def distinct(self, *groups: Mapping[str, Any]) -> None:
        seen: set[str] = set()
        for group in groups:
            for name in group:
                if name in seen:
                    self.blame.fail(
                        ("bonds", name),
                        f"'{name}' names two things",
                        "Give accounts, fees and bonds different names.",
                        f"“{name}”重名",
                        "账户、费用与证券请使用不同名称。",
                    )
                seen.add(name)

    def conventions(self, table: Table) -> Conventions:
        table.only(("rounding", "day_count", "business_days", "calendar", "interest_on_interest"))
        return Conventions(
            rounding=table.word("rounding", ("floor", "half-even"), "floor"),  # type: ignore[arg-type]
            day_count=table.word("day_count", tuple(DAY_COUNTS), "act/365"),
            business_days=table.word(  # type: ignore[arg-type]
                "business_days", ("none", "following", "modified-following", "preceding"), "none"
            ),
            calendar=table.word("calendar", ("none", "cn"), "none"),  # type: ignore[arg-type]
            interest_on_interest=table.flag("interest_on_interest", default=True),
        )

    def dates(self, table: Table) -> Dates:
        table.only(
            (
                "cutoff",
                "closing",
                "legal_final",
                "first_collection",
                "collection",
                "first_payment",
                "payment",
                "accrues_from",
            )
        )
        closing = table.day("closing", needed=True)
        cutoff = table.day("cutoff") or closing
        first_collection = table.day("first_collection") or closing
        dates = Dates(
            cutoff=cutoff,
            closing=closing,
            legal_final=table.day("legal_final", needed=True),
            first_collection=first_collection,
            collection=table.pattern("collection", needed=True),
            first_payment=table.day("first_payment", needed=True),
            payment=table.pattern("payment", needed=True),
            accrues_from=table.day("accrues_from") or closing,
        )
        if dates.legal_final.year - dates.cutoff.year > _LONGEST:
            table.fail("legal_final", *saying("deal", "too_long", years=_LONGEST))
        order = ("cutoff", "closing", "first_payment", "legal_final")
        for before, after in itertools.pairwise(order):
            first, second = getattr(dates, before), getattr(dates, after)
            if second < first:
                self.blame.fail(
                    ("dates", after),
                    f"{after} {second} comes before {before} {first}",
                    "Put the days in order: cutoff, closing, first_payment, legal_final.",
                    f"{after} {second} 早于 {before} {first}",
                    "日期顺序应为：封包日、设立日、首个支付日、法定到期日。",
                )
        return dates

    def pool(self, table: Table) -> Pool:
        table.only(("principal", "claim", "kind"))
        return Pool(table.money("principal"), table.money("claim"), table.text("kind"))

    def account(self, name: str, table: Table) -> Account:
        table.only(("balance", "reserve", "rate", "settles"))
        return Account(
            name,
            table.money("balance") or 0,
            table.formula("reserve", "money"),
            table.rate("rate") or Fraction(0),
            table.pattern("settles"),
        )

    def fee(self, name: str, table: Table, dates: Dates) -> Fee:
        table.only(("kind", "amount", "amounts", "base", "rate", "cap", "days", "start", "due", "paid_to"))
        kind = table.word("kind", _FEES, needed=True)
        start = table.day("start") or dates.closing
        amounts = table.dated("amounts")
        amount = table.money("amount")
        if kind in ("one-off", "recurring", "per-collection") and amount is None:
            table.fail("amount", *saying("deal", "fee_amount", kind=kind))
        if kind == "recurring" and "days" not in table.data:
            table.fail("days", *saying("deal", "fee_days"))
        if kind in ("annual-rate", "share", "target") and "base" not in table.data:
            table.fail("base", *saying("deal", "fee_base", kind=kind))
        if amount is not None:
            amounts = ((start, amount),)
        base = table.formula("base", "money")
        if kind == "cost" and base is None:
            base = Table(self.blame, {"base": 'collected_since_calculation("cost")'}, table.path).formula(
                "base", "money"
            )
        return Fee(
            name=name,
            kind=kind,  # type: ignore[arg-type]
            start=start,
            base=base,
            rate=table.formula("rate", "number"),
            cap=table.formula("cap", "money"),
            days=table.pattern("days"),
            amounts=amounts,
            due=table.money("due") or 0,
            paid_to=table.text("paid_to"),
        )

    def bond(self, name: str, table: Table, conventions: Conventions, dates: Dates) -> Bond:
        table.only(
            ("kind", "balance", "original", "rate", "day_count", "resets", "floating", "steps", "on_unpaid",
             "unpaid_spread", "targets", "locked_until", "maturity", "issued", "yields", "issue_price", "senior",
             "accrued_to", "due_interest", "due_on_interest")
        )  # fmt: skip
        balance = table.money("balance", needed=True)
        kind = table.word("kind", _BONDS, "pass-through")
        if kind == "scheduled" and "targets" not in table.data:
            table.fail("targets", *saying("deal", "targets"))
        if kind == "lockout" and "locked_until" not in table.data:
            table.fail("locked_until", *saying("deal", "locked"))
        resets = table.pattern("resets")
        return Bond(
            name=name,
            kind=kind,  # type: ignore[arg-type]
            balance=balance or 0,
            original=table.money("original") or balance or 0,
            rate=table.rate("rate") or Fraction(0),
            day_count=table.word("day_count", tuple(DAY_COUNTS), conventions.day_count),
            resets=resets,
            floating=table.flag("floating", default=resets is not None),
            steps=table.dated_rates("steps"),
            on_unpaid=table.rate("on_unpaid"),
            unpaid_spread=table.rate("unpaid_spread") or Fraction(0),
            targets=table.dated("targets"),
            locked_until=table.day("locked_until"),
            maturity=table.day("maturity"),
            issued=table.day("issued"),
            yields=table.rate("yields"),
            issue_price=table.rate("issue_price") or Fraction(100),
            senior=table.flag("senior", default=False),
            accrued_to=table.day("accrued_to"),
            due_interest=table.money("due_interest") or 0,
            due_on_interest=table.money("due_on_interest") or 0,
        )

    def collections(
        self, table: Table, accounts: Mapping[str, Account]
    ) -> dict[str, tuple[tuple[str, Fraction], ...]]:
        table.only((*_CASH, "outside"))
        found = {}
        for source, homes in table.data.items():
            if source == "outside":
                continue
            shares = homes if isinstance(homes, dict) else {homes: 1}
            pairs = []
            for account, share in shares.items():
                if account not in accounts:
                    self.blame.unknown(("collections", source), str(account), list(accounts), "account")
                pairs.append(
                    (
                        account,
                        Table(self.blame, {source: share}, ("collections",)).rate(source) or Fraction(0),
                    )
                )
            whole = sum(share for _, share in pairs)
            if whole != 1:
                what = "pays the same cash twice" if whole > 1 else "leaves cash without a home"
                self.blame.fail(
                    ("collections", source),
                    f"{source} {what}: the shares sum to {float(whole):g}",
                    "Let the shares of each source sum to 1.",
                    f"{source} 的分配比例合计为 {float(whole):g}，"
                    + ("同一笔现金被支付两次" if whole > 1 else "部分现金无处可去"),
                    "各来源的比例之和须为 1。",
                )
            found[source] = tuple(pairs)
        return found

    def trigger(self, name: str, table: Table, steps: StepReader) -> Trigger:
        table.only(("at", "when", "status", "steps", "cure", "again", "fired"))
        when = table.formula("when", "condition")
        if when is None:
            table.fail("when", *saying("deal", "test", name=name))
        status = table.word("status", STATUSES, "")
        path = ("triggers", name, "steps")
        return Trigger(
            name=name,
            at=table.word("at", MOMENTS, "before-payment"),
            when=when,
            status=status,
            steps=steps.steps(table.data.get("steps", []), path),
            cure=table.flag("cure", default=False),
            again=table.flag("again", default=False),
            fired=table.flag("fired", default=False),
            line=self.blame.line("triggers", name),
        )

    def forecast(self, name: str, table: Table) -> Forecast:
        table.only(("total", "by", "net"))
        by = table.dated("by")
        total = table.money("total") or (by[-1][1] if by else 0)
        return Forecast(name, total, by, table.flag("net", default=False))

    def income_rights(self, top: Table) -> IncomeRights:
        table = top.table("income_rights")
        table.only(
            ("transferred_on", "investors", "looked_through", "repurchase", "capital_held", "continuing_involvement",
             "counted_as_npl", "registered", "pools_apart")
        )  # fmt: skip
        investors = []
        for number, found in enumerate(table.items("investors")):
            one = Table(self.blame, found, (*table.path, "investors", str(number)))
            one.only(("name", "kind"))
            investors.append((one.text("name"), one.word("kind", INVESTORS, needed=True)))
        involved = table.rate("continuing_involvement") or Fraction(0)
        counted = table.rate("counted_as_npl")
        return IncomeRights(
            transferred_on=table.day("transferred_on", needed=True),
            investors=tuple(investors),
            looked_through=table.flag("looked_through", default=False),
            repurchase=table.word("repurchase", ("none", "explicit", "implicit"), needed=True),
            capital_held=table.rate("capital_held") or Fraction(0),
            continuing_involvement=involved,
            counted_as_npl=Fraction(0) if counted is None else counted,
            registered=table.flag("registered", default=False),
            pools_apart=table.flag("pools_apart", default=False),
        )

    def known_names(self, terms: Terms) -> None:
        """Every name that a formula reads must be there."""
        from postloan.securitisation.names import formulas_of, unknown_name

        for path, formula in formulas_of(terms):
            wrong = unknown_name(terms, formula)
            if wrong is not None:
                of, word, known = wrong
                self.blame.unknown(path, word, known, of)
