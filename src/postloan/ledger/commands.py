"""What somebody wants done to a loan. A command becomes an event only when the ledger books it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from postloan.kernel import Money
from postloan.ledger.parts import ZERO, Balances, Part
from postloan.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Approval:
    """The decision of a person that an event rests on (审批).

    reference: its number; serves once. authority: the rule or resolution that empowers the approver (授权依据).
    action: what was approved (waive, waive_principal, write_off, sell, buy_back, restructure). loan_id: for which loan.
    asked_by, approved_by: never the same person. approved_on, until: the days on which it may be used.
    up_to: the highest amount; None where the action has none.
    """

    reference: str
    authority: str
    action: str
    loan_id: str
    asked_by: str
    approved_by: str
    approved_on: date
    until: date
    up_to: Money | None = None


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Take a loan into the ledger as it stands.

    owed: what the debtor owes by part. overdue_since: the oldest unpaid due day; None if nothing is overdue.
    due_principal, due_interest: what of these parts is already due; all of it where the loan is overdue and nothing is
    said, nothing where it is not. booked: what the lender carries; if not said, all of it for a performing loan,
    principal and costs for a non-performing one, nothing after a write-off. written_off: the loss booked by an
    earlier write-off; None if there was none. grade: the class on that day; "" if not graded.
    matures_on: last due day (到期日). refinances: the loan that this one replaced (借新还旧), "" if none. restructured:
    how often its terms had been eased before; its observation period is taken to be open, as no dates are known.
    """

    terms: Terms
    owed: Balances
    overdue_since: date | None = None
    due_principal: Money | None = None
    due_interest: Money | None = None
    booked: Balances | None = None
    written_off: Money | None = None
    grade: str = ""
    matures_on: date | None = None
    refinances: str = ""
    restructured: int = 0


@dataclass(frozen=True, slots=True)
class FallDue:
    """Let an instalment fall due (到期), with all interest accrued so far (结息).

    principal: the part of the principal that falls due.
    """

    principal: Money = ZERO


@dataclass(frozen=True, slots=True)
class Pay:
    """Receive money for the loan (还款).

    amount: all of it. payer: who paid, "" for the debtor. designation: parts that payer and lender agreed to cover
    first; only an agreement departs from the law's order. prepay: also cover what is not due yet; otherwise the
    rest is kept as credit. means: bank, cash, court, guarantor, …
    """

    amount: Money
    payer: str = ""
    designation: tuple[Part, ...] = ()
    prepay: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Claim a fee, or a cost of enforcing the claim that the lender paid.

    part: FEES (count towards the cap on the total cost) or COSTS (do not). ground: what for, with its document.
    """

    part: Part
    amount: Money
    ground: str


@dataclass(frozen=True, slots=True)
class Waive:
    """Release the debtor from amounts (减免), by part; principal only with an approval."""

    amounts: Balances
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class ChargeOff:
    """Book what is carried as lost while work on the loan goes on; the claim does not change."""

    ground: str = ""


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Write the account off (核销); the claim and the duty to pursue it remain (账销案存、权在力催)."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Extend:
    """Move the last due day of a loan that is not overdue (展期)."""

    until: date


@dataclass(frozen=True, slots=True)
class Restructure:
    """Agree new terms with a debtor in difficulty (重组): what was due is due anew by the plan.

    What was due becomes undue; penalty, compound interest, fees and costs stay payable at once unless waived.

    first_due_on: first repayment date after the change; the observation period begins there (观察期).
    instalments: how many, a month apart. matures_on: the last one.
    """

    terms: Terms
    first_due_on: date
    instalments: int
    matures_on: date
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """Let other terms hold from the value date, for example a reset rate (利率调整)."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class Refinance:
    """Cover debt by a new loan to the same debtor (借新还旧); no money comes in.

    new_loan_id: the loan that carries the amount on. amount: how much of this debt it covers.
    """

    new_loan_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Sell:
    """Transfer the claim (转让).

    buyer: who owns it from the value date. price: what was paid for this loan. approval: the decision to sell.
    """

    buyer: str
    price: Money
    approval: Approval


@dataclass(frozen=True, slots=True)
class BuyBack:
    """Take a sold claim back (回购).

    price: what is paid for it. owed: what the debtor owes on that day as the buyer states it; principal never more
    than when the claim was sold.
    """

    price: Money
    owed: Balances
    approval: Approval


@dataclass(frozen=True, slots=True)
class RefundCredit:
    """Pay credit back to the debtor (溢缴款退回)."""

    amount: Money


@dataclass(frozen=True, slots=True)
class StopAccrual:
    """Stop interest on the claim itself, for example when a bankruptcy is accepted (停止计息)."""

    ground: str


@dataclass(frozen=True, slots=True)
class ResumeAccrual:
    """Let interest on the claim run again from the value date; nothing is added for the time between."""

    ground: str


@dataclass(frozen=True, slots=True)
class AccrueTo:
    """Bring the books up to the value date (计提); changes nothing that would not have come anyway."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Record the class of the day (五级分类).

    grade: normal, special_mention, substandard, doubtful or loss. because: ids of the rules that led to it.
    """

    grade: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reverse:
    """Undo an event as if it had never been (冲正), for example a payment that bounced.

    target: the key of the event. reason: why.
    """

    target: str
    reason: str


Command = (
    OpenAccount | FallDue | Pay | Charge | Waive | ChargeOff | WriteOff | Extend | Restructure | ChangeTerms
    | Refinance | Sell | BuyBack | RefundCredit | StopAccrual | ResumeAccrual | AccrueTo | Grade | Reverse
)  # fmt: skip
