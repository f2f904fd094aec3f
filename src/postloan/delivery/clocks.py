"""Clocks of letters: limitation per claim and what is about to expire, and how long the carrier may be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from postloan.delivery.effects import Effect, EffectFound, effect_of, weaker
from postloan.delivery.tracking import Tracked
from postloan.ledger.limitation import limitation_ends
from postloan.rules import RuleBook

PACK = "CN-LTR-05.pack"
DISPATCH = "CN-LTR-08"
QUERY = "CN-REC-04.query_limit_days"
ALARM = "CN-REC-04.alarm_days"


@dataclass(frozen=True, slots=True)
class Sent:
    """What must be known of a letter to say what it brings about.

    product: as on the tape (credit_card). address: its class, "" if not known. demands: it asks for payment; a
    certificate or an answer to a dispute does not. evidence: parts of the pack that are kept, as the rule names them.
    refuser_identified: it is shown who refused.
    """

    letter_no: str
    loan_id: str
    product: str
    address: str
    demands: bool = True
    evidence: frozenset[str] = frozenset()
    refuser_identified: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """What one letter brought about.

    found: its effect. interrupts_on: day on which limitation starts anew, None for no day. missing: parts of the
    evidence pack without which that day must not be relied on. because: rules of the interruption.
    """

    letter_no: str
    loan_id: str
    found: EffectFound
    interrupts_on: date | None
    missing: tuple[str, ...]
    because: tuple[str, ...]

    @property
    def relied_on(self) -> bool:
        """Whether limitation starts anew with proof in hand."""
        return self.interrupts_on is not None and not self.missing


def brought_about(book: RuleBook, sent: Sent, tracked: Tracked, *, on: date) -> Brought:
    """The effect of a letter, and the day on which it interrupts limitation.

    A letter about a card to an address that the holder left counts from its dispatch (CN-LTR-08); any other from the
    day on which it arrived, or on which it first stood at a door where it should have been taken.
    """
    day = tracked.ended_on or tracked.handed_over_on or on
    found = effect_of(book, tracked.outcome, sent.address, on=day, refuser_identified=sent.refuser_identified)
    if tracked.contradictory:
        found = EffectFound(weaker(found.effect, Effect.DISPUTABLE), found.because, "contradictory")
    since, because = (None, ()) if not sent.demands else _interruption(book, sent, tracked, found)
    missing: tuple[str, ...] = ()
    if since and book.holds(PACK, on=since):
        missing = tuple(part for part in _terms(book, PACK, since) if part not in sent.evidence)
        if because == (DISPATCH,):  # dispatch suffices: there is no outcome to prove
            missing = tuple(part for part in missing if part != "outcome_proof")
    return Brought(sent.letter_no, sent.loan_id, found, since, missing, because)


def _interruption(
    book: RuleBook, sent: Sent, tracked: Tracked, found: EffectFound
) -> tuple[date | None, tuple[str, ...]]:
    sent_on = tracked.handed_over_on
    if (
        sent_on
        and book.holds("CN-LTR-08.products", on=sent_on)
        and sent.product in _terms(book, "CN-LTR-08.products", sent_on)
        and sent.address in _terms(book, "CN-LTR-08.addresses", sent_on)
        and tracked.outcome != "cancelled"
    ):
        return sent_on, (DISPATCH,)
    ended = tracked.ended_on
    if ended is None or not book.holds("CN-LIM-01.interrupting", on=ended):
        return None, ()
    if found.effect.value not in _terms(book, "CN-LIM-01.interrupting", ended):
        return None, ()
    # Where it should have arrived, nobody knows the day; the first day at the door is the one that gives least.
    day = ended if found.effect is Effect.ARRIVED else tracked.tried_on or ended
    return day, ("CN-LIM-01", *found.because)


def _terms(book: RuleBook, key: str, on: date) -> tuple[str, ...]:
    return book.value(key, on=on).terms


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim whose limitation runs. matures_on, overdue_since: see ``limitation_ends``. paid_on: last payment."""

    loan_id: str
    matures_on: date | None
    overdue_since: date | None
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """Limitation of one claim.

    ends_on: last day to go to court; None where nothing says when it began. restarted_on: day of the last
    interruption, by_letter: the letter that brought it ("" for a payment or none). days_left: negative once barred.
    too_late: letters that arrived when it was barred. unproven: letters that would move it on, with what is missing.
    """

    loan_id: str
    ends_on: date | None
    restarted_on: date | None
    by_letter: str
    days_left: int | None
    too_late: tuple[str, ...]
    unproven: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def barred(self) -> bool:
        """Whether the last day is over."""
        return self.days_left is not None and self.days_left < 0


def limitation(book: RuleBook, claim: Claim, letters: Iterable[Brought], *, on: date) -> Running:
    """When a claim is barred, after all interruptions that happened while it still ran and are proved."""
    ours = [
        one
        for one in letters
        if one.loan_id == claim.loan_id and one.interrupts_on and one.interrupts_on <= on
    ]
    steps = sorted((one.interrupts_on, one.letter_no) for one in ours if one.relied_on and one.interrupts_on)
    if claim.paid_on and claim.paid_on <= on:
        steps = sorted([*steps, (claim.paid_on, "")])

    def ends(restarted: date | None) -> date | None:
        return limitation_ends(
            book, matures_on=claim.matures_on, overdue_since=claim.overdue_since, interrupted_on=restarted
        )

    last, restarted, by = ends(None), None, ""
    too_late = []
    for day, letter in steps:
        if last is None:
            break
        # A payment once it is barred revives a claim only if the debtor means to; that is for a person to say.
        if day > last:
            too_late.append(letter or "payment")
            continue
        moved = ends(day)
        if moved and moved >= last:
            last, restarted, by = moved, day, letter
    unproven = tuple((one.letter_no, one.missing) for one in ours if not one.relied_on)
    left = (last - on).days if last else None
    return Running(claim.loan_id, last, restarted, by, left, tuple(too_late), tuple(sorted(unproven)))


def expiring(running: Iterable[Running], *, within: int) -> list[Running]:
    """Claims whose last day is at most some days away, soonest first; those barred already are not among them."""
    found = [one for one in running if one.days_left is not None and 0 <= one.days_left <= within]
    return sorted(found, key=lambda one: (one.days_left or 0, one.loan_id))


@dataclass(frozen=True, slots=True)
class Query:
    """How long the carrier may be asked about a letter. overdue: it is too late, and no record was kept."""

    letter_no: str
    handed_over_on: date
    alarm_on: date
    last_on: date
    overdue: bool


def queries(book: RuleBook, letters: Iterable[Tracked], *, on: date) -> Sequence[Query]:
    """Letters whose tracking record must be saved now (CN-REC-04), soonest first; those closed are not among them."""
    found = []
    for one in letters:
        sent = one.handed_over_on
        if one.closed or sent is None or not book.holds(QUERY, on=sent) or not book.holds(ALARM, on=sent):
            continue
        last = sent + timedelta(days=book.value(QUERY, on=sent).whole)
        alarm = sent + timedelta(days=book.value(ALARM, on=sent).whole)
        if alarm <= on:
            found.append(Query(one.letter_no, sent, alarm, last, last < on))
    return sorted(found, key=lambda one: (one.last_on, one.letter_no))
