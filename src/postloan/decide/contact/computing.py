"""Rules that give a value instead of a yes or no: grades, allocations, clocks, effects of letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from postloan.decide.answers import Grade
from postloan.decide.contact.conditions import Values
from postloan.decide.contact.reading import Facts

Value = str | Mapping[str, str]
Computation = Callable[[Facts], Value | None]
"""The value that follows from facts; None where a fact is missing."""

ALLOW = "allow"
REFUSE = "refuse"
EFFECTS = ("not_arrived", "disputable", "should_have_arrived", "arrived", "interrupts")
"""Effects of a letter, the least for the sender first."""

_FEN = Decimal("0.01")


def computation(name: str, values: Values, table: Mapping[str, str]) -> Computation:
    """A computation of the rule book as a function of facts.

    values: the parameters of its rule on the day. table: effect by ``OUTCOME_ADDRESS`` from all rules of the day.
    """
    made: Mapping[str, Callable[[], Computation]] = {
        "overdue_grade": lambda: _overdue_grade(values),
        "restructured_grade": lambda: _restructured_grade(values),
        "refinanced_grade": lambda: _refinanced_grade(values),
        "cross_default_grade": lambda: _cross_default_grade(values),
        "allocation": lambda: _allocation(values),
        "card_allocation": lambda: _card_allocation(values),
        "complaint_clock": lambda: _complaint_clock(values),
        "payment_order_clock": lambda: _payment_order_clock(values),
        "letter_effect": lambda: lambda facts: _letter_effect(facts, table),
        "dispatch_effect": lambda: _dispatch_effect(values, table),
        "agreed_clause": lambda: _agreed_clause(values),
        "service_date": lambda: _service_date(values),
    }
    return made[name]()


def _overdue_grade(values: Values) -> Computation:
    limits: list[tuple[Any, Grade]] = [
        (values["loss_after_days"], Grade.LOSS),
        (values["doubtful_after_days"], Grade.DOUBTFUL),
        (values["substandard_after_days"], Grade.SUBSTANDARD),
        (values["special_mention_after_days"], Grade.SPECIAL_MENTION),
    ]

    def grade(facts: Facts) -> str | None:
        days = facts.get("dpd")
        if days is None:
            return None
        return next((found.value for limit, found in limits if days > limit), Grade.NORMAL.value)

    return grade


def _restructured_grade(values: Values) -> Computation:
    once, again = str(values["restructured_at_least"]), str(values["again_in_observation_at_least"])

    def grade(facts: Facts) -> str | None:
        times = facts.get("restructured")
        if times is None:
            return None
        if times == 0:
            return Grade.NORMAL.value
        # Again within an observation, or within one of which nothing is known, counts strictly.
        return again if times > 1 and facts.get("observation") != "closed" else once

    return grade


def _refinanced_grade(values: Values) -> Computation:
    floor = str(values["refinanced_at_least"])

    def grade(facts: Facts) -> str | None:
        refinanced = facts.get("refinanced_by_own_new_loan")
        return None if refinanced is None else floor if refinanced else Grade.NORMAL.value

    return grade


def _cross_default_grade(values: Values) -> Computation:
    applies, limit = values["cross_default_applies_to"], values["overdue_elsewhere_after_days"]
    floor = str(values["elsewhere_at_least"])
    shares = [(name, values[name]) for name in ("own_bank_share", "all_banks_share") if name in values]

    def grade(facts: Facts) -> str | None:
        debtor, days = facts.get("debtor"), facts.get("other_loan_dpd")
        if debtor is None:
            return None
        if debtor not in applies:  # type: ignore[operator]
            return Grade.NORMAL.value
        given = [(facts[name], share) for name, share in shares if name in facts]
        if given:
            return floor if any(found > share for found, share in given) else Grade.NORMAL.value
        return None if days is None else floor if days > limit else Grade.NORMAL.value

    return grade


def _allocation(values: Values) -> Computation:
    order = [str(values[name]) for name in ("first", "second", "third")]
    return lambda facts: _allocated(facts, order)


def _card_allocation(values: Values) -> Computation:
    late = [str(values[name]) for name in ("first", "second", "third")]
    early = [str(values[f"before_{name}"]) for name in ("first", "second", "third")]
    from_day, products = values["principal_first_from_day"], values["products"]

    def allocate(facts: Facts) -> Value | None:
        product, days = facts.get("product"), facts.get("dpd")
        if product is None or (product in products and days is None):  # type: ignore[operator]
            return None
        return _allocated(facts, late if product in products and days >= from_day else early)  # type: ignore[operator]

    return allocate


def _allocated(facts: Facts, order: list[str]) -> Value | None:
    """What a payment covers of each part that is due, to the fen; None where an amount cannot be read."""
    left, due = facts.get("amount"), facts.get("due")
    if left is None or not due:
        return None
    parts: dict[str, str] = {}
    try:
        owed = {str(part): Decimal(str(amount)) for part, amount in due.items()}
    except ArithmeticError:
        return None
    if not owed.keys() <= set(order) or any(not part.is_finite() or part < 0 for part in owed.values()):
        return None
    for part in order:
        if part in owed:
            covered = min(left, owed[part])
            left -= covered
            parts[part] = str(covered.quantize(_FEN))
    return {part: parts[part] for part in due}


def _complaint_clock(values: Values) -> Computation:
    simple: Any = values["simple_days"]
    complicated: Any = values["complex_days"]
    extra: Any = values["extra_days"]

    def clock(facts: Facts) -> str | None:
        age = facts.get("age_days")
        if age is None:
            return None
        limit = (complicated if facts.get("complex") else simple) + (
            extra if facts.get("extension_approved") else 0
        )
        return "ok" if age <= limit else "breach"

    return clock


def _payment_order_clock(values: Values) -> Computation:
    limit: Any = values["serve_days"]

    def clock(facts: Facts) -> str | None:
        if facts.get("served"):
            return "ok"
        days = facts.get("days_since_issue")
        return None if days is None else "ok" if days <= limit else "lapsed"

    return clock


def _letter_effect(facts: Facts, table: Mapping[str, str]) -> str | None:
    outcome, address = facts.get("outcome"), facts.get("address")
    if outcome is None:
        return None
    if facts.get("evidence") == "refuser_identified" and f"{outcome}_identified" in table:
        return table[f"{outcome}_identified"]
    if address is not None:
        return table.get(f"{outcome}_{address}")
    if f"{outcome}_unknown" in table:
        return table[f"{outcome}_unknown"]
    # Where the kind of address is unknown, only what holds for all of them is said.
    row = {
        effect for key, effect in table.items() if key.startswith(f"{outcome}_") and "identified" not in key
    }
    return row.pop() if len(row) == 1 else None


def _dispatch_effect(values: Values, table: Mapping[str, str]) -> Computation:
    products: Any = values["products"]
    addresses: Any = values["addresses"]

    def effect(facts: Facts) -> str | None:
        product = facts.get("product")
        if product is None:
            return None
        left = facts.get("address") in addresses
        return "interrupts" if product in products and left else _letter_effect(facts, table)

    return effect


def _agreed_clause(values: Values) -> Computation:
    needs: Any = values["clause_needs"]

    def grade(facts: Facts) -> str | None:
        clause = facts.get("clause")
        if clause is None:
            return None
        return ALLOW if all(clause.get(need) is True for need in needs) else "not_agreed_grade"

    return grade


def _service_date(values: Values) -> Computation:
    actors: Any = values["actors"]
    outcomes: Any = values["outcomes"]

    def served(facts: Facts) -> str | None:
        by, outcome = facts.get("by"), facts.get("outcome")
        if by is None:
            return None
        if by not in actors:
            return REFUSE
        if outcome is None:
            return ALLOW if "returned_on" not in facts else None
        if outcome.startswith("delivered"):
            return ALLOW
        if outcome not in outcomes:
            return REFUSE
        day = facts.get("returned_on")
        return None if day is None else f"served {day.isoformat()}"

    return served
