"""Which formulas a deal holds, and which names they read."""

from __future__ import annotations

from collections.abc import Iterator

from postloan.securitisation.deal import Step, Terms
from postloan.securitisation.flow import COLUMNS
from postloan.securitisation.formula import QUANTITIES, Formula

Path = tuple[str, ...]


def formulas_of(terms: Terms) -> Iterator[tuple[Path, Formula]]:
    """Every formula of a deal with the place where it stands."""
    for account in terms.accounts.values():
        if account.reserve is not None:
            yield ("accounts", account.name, "reserve"), account.reserve
    for fee in terms.fees.values():
        for key in ("base", "rate", "cap"):
            formula = getattr(fee, key)
            if formula is not None:
                yield ("fees", fee.name, key), formula
    if terms.clean_up is not None:
        yield ("clean_up", "when"), terms.clean_up
    for name, steps in terms.waterfalls.items():
        yield from _steps(steps, ("waterfalls", name))
    for trigger in terms.triggers.values():
        yield ("triggers", trigger.name, "when"), trigger.when
        yield from _steps(trigger.steps, ("triggers", trigger.name, "steps"))


def _steps(steps: tuple[Step, ...], path: Path) -> Iterator[tuple[Path, Formula]]:
    for number, step in enumerate(steps):
        here = (*path, str(number))
        for formula in (step.when, step.value, *((step.limit.cap, step.limit.keep) if step.limit else ())):
            if formula is not None:
                yield here, formula
        yield from _steps(step.steps, (*here, "steps"))
        yield from _steps(step.otherwise, (*here, "otherwise"))


def unknown_name(terms: Terms, formula: Formula) -> tuple[str, str, list[str]] | None:
    """The first name of a formula that the deal does not have: what it should be, the name, the known ones."""
    known = {
        "bond": list(terms.bonds),
        "fee": list(terms.fees),
        "account": list(terms.accounts),
        "source": [name for name in COLUMNS if name != "balance"],
        "forecast": list(terms.forecasts),
        "trigger": list(terms.triggers),
    }
    for quantity, names in formula.names:
        of = QUANTITIES[quantity].of
        for name in names:
            if of and name not in known[of]:
                return of, name, known[of] or ["(none)"]
    return None


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Steps with those inside them, in order."""
    for step in steps:
        yield step
        yield from all_steps(step.steps)
        yield from all_steps(step.otherwise)
