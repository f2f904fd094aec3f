"""Checks of a deal before it runs, and of a run after it: what they see comes back as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from postloan.kernel import Finding
from postloan.kernel.findings import Severity, load_kinds
from postloan.securitisation.deal import Step, Terms
from postloan.securitisation.flow import CASH
from postloan.securitisation.machine import Machine
from postloan.securitisation.names import all_steps

_PACKAGE = "postloan.securitisation"
_EMPTIES = ("transfer", "pay-residual")
_COUNTS_FEES = ("calculate-fees", "calculate-and-pay-fees")
_PAYS_FEES = ("pay-fees", "pay-fees-in-order", "calculate-and-pay-fees", "pay-residual")
_PAYS_BONDS = (
    "pay-interest", "pay-interest-in-order", "pay-interest-on-interest", "accrue-and-pay-interest",
    "accrue-and-pay-interest-in-order", "pay-principal", "pay-principal-in-order", "pay-principal-regardless",
    "pay-residual",
)  # fmt: skip


def finding(code: str, found: str = "", expected: str = "", line: int | None = None) -> Finding:
    """A finding of this topic; ``row`` is the line of the deal file."""
    return Finding(load_kinds(_PACKAGE)[code], table="deal", row=line, found=found, expected=expected)


def check_terms(terms: Terms, least_retained: Fraction | None = None) -> tuple[Finding, ...]:
    """What is odd about a deal. least_retained: the part of each class that the rules make the originator keep."""
    found = [*_homeless(terms), *_circles(terms), *_unpaid(terms), *_uncounted(terms), *_stranded(terms)]
    for name, steps in terms.waterfalls.items():
        found += _twice(name, steps)
    if least_retained is not None and terms.retained < least_retained:
        found.append(finding("S009", f"{float(terms.retained):.1%}", f"{float(least_retained):.1%}"))
    if not terms.forecasts:
        found.append(finding("S011"))
    found += [finding("S010", what) for what in terms.not_imported]
    return tuple(found)


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings with which a deal cannot run."""
    return tuple(one for one in findings if one.kind.severity is Severity.BLOCKING)


def check_run(machine: Machine) -> tuple[Finding, ...]:
    """What is odd about a run of one scenario."""
    found = [*_costly(machine)]
    for name, bond in machine.bonds.items():
        if bond.balance:
            found.append(finding("S102", name, _yuan(bond.balance)))
    for name, account in machine.accounts.items():
        if account.balance:
            found.append(finding("S103", name, _yuan(account.balance)))
    seen: set[str] = set()
    for day in machine.days:
        for name, fired in day.fired.items():
            if fired and name not in seen:
                seen.add(name)
                found.append(finding("S105", name, day.on.isoformat(), machine.terms.triggers[name].line))
    return tuple(found)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _homeless(terms: Terms) -> Iterator[Finding]:
    for source in CASH:
        if source not in terms.collections and source not in terms.outside:
            yield finding("S001", source)


def _circles(terms: Terms) -> Iterator[Finding]:
    """Triggers that wait for each other's firing, or that undo each other for ever on the same moment."""
    waits: Mapping[str, set[str]] = {
        name: {one for quantity, names in trigger.when.names if quantity == "triggered" for one in names}
        for name, trigger in terms.triggers.items()
    }
    for start in waits:
        path, at = [start], start
        while len(path) <= len(waits) and (after := sorted(waits[at])):
            at = after[0]
            path.append(at)
            if at == start:
                if start == min(path):
                    yield finding("S002", " → ".join(path), line=terms.triggers[start].line)
                break
    status = [t for t in terms.triggers.values() if t.status and any(q == "status" for q, _ in t.when.names)]
    for first in status:
        for second in status:
            if (
                first.name < second.name
                and f'"{first.status}"' in second.when.text
                and f'"{second.status}"' in first.when.text
            ):
                yield finding("S002", f"{first.name} → {second.name} → {first.name}", line=first.line)


def _unpaid(terms: Terms) -> Iterator[Finding]:
    paid = {name for step in _steps(terms) if step.do in _PAYS_BONDS + _PAYS_FEES for name in step.names}
    yield from (finding("S003", name) for name in terms.bonds if name not in paid)
    yield from (finding("S004", name) for name in terms.fees if name not in paid)


def _uncounted(terms: Terms) -> Iterator[Finding]:
    steps = list(_steps(terms))
    fees = {name for step in steps if step.do in _COUNTS_FEES for name in step.names}
    bonds = {name for step in steps if step.do.startswith("accrue") for name in step.names}
    for name, fee in terms.fees.items():
        if fee.kind in ("annual-rate", "share", "target", "cost") and name not in fees:
            yield finding("S005", name)
    for name, bond in terms.bonds.items():
        if bond.rate and bond.kind != "equity" and name not in bonds:
            yield finding("S006", name)


def _stranded(terms: Terms) -> Iterator[Finding]:
    fed = {account for homes in terms.collections.values() for account, _ in homes}
    steps = list(all_steps(terms.waterfalls.get("normal", ())))
    fed |= {step.names[0] for step in steps if step.do in ("transfer", "fill-reserve")}
    drained = {account for step in steps for account in (step.source, *step.help)}
    yield from (finding("S007", name) for name in terms.accounts if name in fed - drained)


def _twice(name: str, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """Steps after one that leaves nothing in their account."""
    emptied: dict[str, Step] = {}
    for number, step in enumerate(steps, 1):
        if step.source in emptied and not step.help and step.do not in ("accrue-interest", "calculate-fees"):
            yield finding("S008", f"{name}, step {number} ({step.do})", line=step.line)
        if step.do in _EMPTIES and step.limit is None and step.when is None:
            emptied[step.source] = step
        for target in step.names:
            emptied.pop(target, None)


def _steps(terms: Terms) -> Iterator[Step]:
    for steps in terms.waterfalls.values():
        yield from all_steps(steps)
    for trigger in terms.triggers.values():
        yield from all_steps(trigger.steps)


def _costly(machine: Machine) -> Iterator[Finding]:
    flow = machine.flow
    if "cost" not in flow.columns:
        return
    whole = sum(flow.columns["cost"])
    if whole and not any(fee.kind == "cost" for fee in machine.terms.fees.values()):
        yield finding("S104", _yuan(whole))
    for row, day in enumerate(flow.dates):
        cash = sum(flow.at(source, row) for source in CASH)
        if flow.at("cost", row) > cash:
            yield finding("S101", day.isoformat())
