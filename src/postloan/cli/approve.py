"""``postloan approve``: what waits for a decision, asking, deciding, carrying out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption, now, opened, signed

if TYPE_CHECKING:
    from postloan.decide.approvals import Denied
    from postloan.ledger.answers import Refused
    from postloan.ledger.store_records import ApprovalRequest

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Ask for approvals, decide on them, carry them out (审批：经办与复核).",
)

NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help="The request's number.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.")]
_DENIED = 1


@app.callback()
def _approve() -> None:
    """Ask for approvals, decide on them, carry them out (审批：经办与复核)."""


@app.command("list")
def list_requests(
    db: DbOption = STORE,
    state: Annotated[str, typer.Option("--state", help="waiting, approved, refused, withdrawn, expired, used or all.")] = "waiting",
    subject: Annotated[str | None, typer.Option("--subject", help="Only what is about this loan or document.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the first to lapse first.")] = 50,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """List requests, those that lapse first on top."""
    from postloan.kernel import InputError
    from postloan.ledger.store_records import ApprovalRequest, RequestState
    from postloan.workflows.as_json import as_json

    screen = Screen(lang, json=json, quiet=quiet)
    where: dict[str, object] = {"subject": subject} if subject else {}
    if state != "all":
        if state not in list(RequestState):
            raise InputError(what=f"'{state}' is no state of a request", where="--state", mend=f"Use one of {', '.join(RequestState)} or all.")  # fmt: skip
        where["state"] = RequestState(state)
    with opened(db, screen) as records, records.reading() as tx:
        found = list(tx.of(ApprovalRequest).find(order=("until", "number"), limit=limit, **where))  # type: ignore[arg-type]
    if json:
        screen.json([as_json(one) for one in found])
        return
    heads = screen.text("No.|State|Action|About|Yuan|Asked by|Until|Decided by|Reference|Reason", "编号|状态|事项|对象|金额（元）|经办|截止|复核|审批号|理由").split("|")  # fmt: skip
    rows = [(one.number, one.state.value, one.action, one.subject, one.amount, one.asked_by, one.until, one.decided_by, one.reference, one.reason) for one in found]  # fmt: skip
    screen.table(screen.text("Approvals", "审批"), heads, rows, right=(4,))


@app.command("request")
def request_approval(
    action: Annotated[str, typer.Argument(help="waive, write_off, restructure, sell, buy_back, reserve_price, publish_template or publish_rules.")],
    subject: Annotated[str, typer.Argument(help="Loan, package or document number.")],
    reason: ReasonOption,
    db: DbOption = STORE,
    by: ActorOption = None,
    amount: Annotated[str | None, typer.Option("--amount", help="Yuan; for a reserve price.")] = None,
    principal: Annotated[str, typer.Option("--principal", help="To waive, or owed on a buy-back.")] = "0",
    interest: Annotated[str, typer.Option("--interest", help="To waive, or owed on a buy-back.")] = "0",
    penalty: Annotated[str, typer.Option("--penalty", help="To waive, or owed on a buy-back.")] = "0",
    compound: Annotated[str, typer.Option("--compound", help="To waive, or owed on a buy-back.")] = "0",
    fees: Annotated[str, typer.Option("--fees", help="To waive, or owed on a buy-back.")] = "0",
    costs: Annotated[str, typer.Option("--costs", help="To waive, or owed on a buy-back.")] = "0",
    buyer: Annotated[str, typer.Option("--buyer", help="Who buys.")] = "",
    price: Annotated[str | None, typer.Option("--price", help="Yuan, of a sale or buy-back.")] = None,
    rate: Annotated[str | None, typer.Option("--rate", help="New yearly rate of a restructuring, as 0.12.")] = None,
    first_due: Annotated[str | None, typer.Option("--first-due", help="First repayment date of a restructuring.")] = None,
    instalments: Annotated[int, typer.Option("--instalments", min=1, help="How many, a month apart.")] = 12,
    until: Annotated[str | None, typer.Option("--until", help="Last day to decide.")] = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Ask for an approval; somebody else decides."""
    from postloan.decide.approvals import day_of
    from postloan.kernel import Money, parse_day
    from postloan.ledger import Balances
    from postloan.ledger.proposals import ON_LOANS
    from postloan.rules import load_book
    from postloan.workflows.approving import Wish, request
    from postloan.workflows.proposing import Act, proposal_of

    screen, at = Screen(lang, json=json, quiet=quiet), now()
    parts = Balances(*(Money.yuan(one) for one in (principal, interest, penalty, compound, fees, costs)))
    last = parse_day(until) if until else None
    asked = Money.yuan(price) if price is not None else None
    first = parse_day(first_due) if first_due else None
    _needs(action, buyer, price, first_due)
    act = Act(action, subject, parts, buyer, asked, _rate(rate), first, instalments)
    with opened(db, screen) as records:
        who = signed(records, by, screen)
        with records.reading() as tx:
            there = action in ON_LOANS and tx.loans.look(subject) is not None
            proposal = proposal_of(tx, act, on=day_of(at), book=load_book()) if there else None
        if proposal is not None:
            wish = Wish.on_loan(subject, proposal, reason, last)
        else:
            wish = Wish(action, subject, Money.yuan(amount) if amount else asked, reason, until=last)
        _answer(screen, request(records, wish, by=who, at=at), "asked for", "已提交")


@app.command("grant")
def grant_request(
    number: NumberArgument,
    authority: Annotated[str, typer.Option("--authority", help="The rule, resolution or mandate that empowers you (授权依据).")],
    reason: ReasonOption,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Approve a request of somebody else."""
    from postloan.workflows.approving import grant

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        answer = grant(
            records, number, by=signed(records, by, screen), at=now(), authority=authority, reason=reason
        )
        _answer(screen, answer, "approved", "已批准")


@app.command("deny")
def deny_request(
    number: NumberArgument,
    reason: ReasonOption,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Refuse a request of somebody else."""
    from postloan.workflows.approving import deny

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        _answer(
            screen,
            deny(records, number, by=signed(records, by, screen), at=now(), reason=reason),
            "refused",
            "已拒绝",
        )


@app.command("withdraw")
def withdraw_request(
    number: NumberArgument,
    reason: ReasonOption,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take back a request of your own."""
    from postloan.workflows.approving import withdraw

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        answer = withdraw(records, number, by=signed(records, by, screen), at=now(), reason=reason)
        _answer(screen, answer, "withdrawn", "已撤回")


@app.command("do")
def do_request(
    number: NumberArgument,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Carry out on its loan what was approved, exactly and once."""
    from postloan.workflows.as_json import as_json
    from postloan.workflows.carrying_out import Done, carry_out

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        answer = carry_out(records, number, by=signed(records, by, screen), at=now())
    if isinstance(answer, Done):
        if json:
            screen.json({"request": as_json(answer.request), "event": answer.booked.event.name, "seq": answer.booked.event.seq})  # fmt: skip
        owed = answer.loan.owed.total
        screen.say(
            f"Booked on loan {answer.loan.loan_id}: {answer.booked.event.name}. {owed} yuan are owed now.",
            f"已在贷款 {answer.loan.loan_id} 上记账：{answer.booked.event.name}。现债权 {owed} 元。",
        )
        return
    _refuse(screen, answer)


@app.command("delegate")
def delegate_right(
    taker: Annotated[str, typer.Argument(help="Who may decide in your stead.")],
    role: Annotated[str, typer.Argument(help="In which of your roles.")],
    until: Annotated[str, typer.Option("--until", help="Last day.")],
    reason: ReasonOption,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Lend your right to decide to a colleague until a day."""
    from postloan.decide.approvals import Denied, day_of
    from postloan.kernel import parse_day
    from postloan.ledger.store_records import Delegation
    from postloan.workflows.approving import delegate
    from postloan.workflows.as_json import as_json

    screen, at = Screen(lang, json=json, quiet=quiet), now()
    last = parse_day(until)
    with opened(db, screen) as records:
        lent = Delegation(signed(records, by, screen), taker, role, day_of(at), last, reason)
        answer = delegate(records, lent, at=at)
    if isinstance(answer, Denied):
        _refuse(screen, answer)
        return
    if json:
        screen.json(as_json(answer))
    screen.say(
        f"Delegation {answer.number}: {taker} decides as {role} until {answer.until}.",
        f"授权 {answer.number}：{taker} 可以 {role} 身份审批至 {answer.until}。",
    )


@app.command("expire")
def expire_requests(
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Let lapse what nobody decided on or used in time."""
    from postloan.workflows.approving import expire

    screen = Screen(lang, json=json, quiet=quiet)
    with opened(db, screen) as records:
        lapsed = expire(records, by=signed(records, by, screen), at=now())
    if json:
        screen.json({"expired": lapsed})
    screen.say(f"{lapsed} lapsed.", f"{lapsed} 件已失效。")


def _rate(text: str | None) -> Decimal | None:
    from postloan.kernel import InputError

    try:
        return Decimal(text) if text is not None else None
    except ArithmeticError as error:
        raise InputError(what=f"'{text}' is not a rate", where="--rate", mend="Write it as 0.12.") from error


def _needs(action: str, buyer: str, price: str | None, first_due: str | None) -> None:
    """What an act on a loan cannot do without."""
    from postloan.kernel import InputError

    missing = {
        "sell": [name for name, given in (("--buyer", buyer), ("--price", price)) if not given],
        "buy_back": [] if price else ["--price"],
        "restructure": [] if first_due else ["--first-due"],
    }.get(action, [])
    if missing:
        raise InputError(
            what=f"{' and '.join(missing)} is missing", where=f"approve request {action}", mend="Give it."
        )


def _answer(screen: Screen, answer: ApprovalRequest | Denied, done: str, done_zh: str) -> None:
    from postloan.decide.approvals import Denied
    from postloan.workflows.as_json import as_json

    if isinstance(answer, Denied):
        _refuse(screen, answer)
        return
    if screen.as_json:
        screen.json(as_json(answer))
    amount = f", {answer.amount} yuan" if answer.amount is not None else ""
    amount_zh = f"，{answer.amount} 元" if answer.amount is not None else ""
    reference = f" ({answer.reference})" if answer.reference else ""
    screen.say(
        f"Request {answer.number} {done}{reference}: {answer.action} {answer.subject}{amount}, until {answer.until}.",
        f"申请 {answer.number} {done_zh}{reference}：{answer.action} {answer.subject}{amount_zh}，有效至 {answer.until}。",
    )


def _refuse(screen: Screen, answer: Denied | Refused) -> None:
    """Say why not, and end with exit code 1."""
    if screen.as_json:
        screen.json({"denied": [{"code": why.code, "rule": why.rule, "en": why.says("en"), "zh": why.says("zh")} for why in answer.reasons]})  # fmt: skip
    for why in answer.reasons:
        rule = f" [{why.rule}]" if why.rule else ""
        screen.say(f"✗ {why.says('en')}{rule}", f"✗ {why.says('zh')}{rule}")
    raise typer.Exit(_DENIED)
