"""Which loan a payment is for (销账匹配): by every hint the payment gives, and never by a guess between two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from postloan.kernel import Lang, Money, Personal
from postloan.ledger.payment_file import Incoming
from postloan.ledger.state import Status

MOST_CANDIDATES = 5
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{3,39}")
_PIECE = re.compile(r"[()（）\[\]【】{}/、，,;；|+\s]+|代付|代还|代|转账|还款|还贷|汇款")
_LEAST_NAME = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What matching needs to know of a loan."""

    loan_id: str
    borrower_id: str
    contract_no: str
    status: Status
    opened_on: date


@dataclass(frozen=True, slots=True)
class Register:
    """The loans and people that the hints of some payments lead to.

    loans: by number; every loan named below is here. contracts, borrowers: numbers → loan numbers. names, accounts:
    payer's name or account → borrower numbers. fits: whether an amount is what is owed, due or promised on a loan.
    """

    loans: Mapping[str, Known]
    contracts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    borrowers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[Personal[str], Sequence[str]] = field(default_factory=dict)
    accounts: Mapping[Personal[str], Sequence[str]] = field(default_factory=dict)
    fits: Callable[[str, Money, date], bool] = lambda loan_id, amount, on: False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A loan that a payment may be for. why: code of what speaks for it."""

    loan_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Matched:
    """The loan a payment is for. by: the hints that led there, joined by ``+``."""

    loan_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Held:
    """The payment waits in suspense (挂账). reason: code. candidates: best first, at most five."""

    reason: str
    candidates: tuple[Candidate, ...] = ()


def match(line: Incoming, register: Register) -> Matched | Held:
    """The one loan that every hint of a payment agrees on, or why there is none."""
    hints: list[tuple[str, Sequence[str]]] = []
    unknown = ""
    for by, number, where in (
        ("loan", line.loan_id, {line.loan_id: (line.loan_id,)} if line.loan_id in register.loans else {}),
        ("contract", line.contract_no, register.contracts),
        ("borrower", line.borrower_id, register.borrowers),
    ):
        if number and (found := where.get(number)):
            hints.append((by, found))
        elif number:
            unknown = unknown or f"unknown_{by}"
    hints += [("remark", found) for found in _in_remark(line, register)]
    if unknown:
        return Held(unknown, _listed(hints))
    if not hints:
        return _by_payer(line, register)
    return _agreed(line, hints, register)


def tokens(line: Incoming) -> tuple[str, ...]:
    """What in a remark may be a number of a loan, a contract or a borrower."""
    text = line.remark.reveal("to find numbers of loans in it")
    return tuple(dict.fromkeys(_TOKEN.findall(text))) if text else ()


def names_in(payer: Personal[str]) -> tuple[Personal[str], ...]:
    """What a payer's name holds besides itself: 王五（代张三） also names 王五 and 张三. Never enough to match by."""
    text = payer.reveal("to look for the names of borrowers in it")
    pieces = [piece.strip() for piece in _PIECE.split(text)]
    return tuple(Personal(p) for p in dict.fromkeys(pieces) if len(p) >= _LEAST_NAME and p != text)


def _in_remark(line: Incoming, register: Register) -> list[Sequence[str]]:
    found: list[Sequence[str]] = []
    for token in tokens(line):
        if token in register.loans:
            found.append((token,))
        elif token in register.contracts:
            found.append(tuple(register.contracts[token]))
        elif token in register.borrowers:
            found.append(tuple(register.borrowers[token]))
    return found


def _agreed(line: Incoming, hints: Sequence[tuple[str, Sequence[str]]], register: Register) -> Matched | Held:
    left = set(hints[0][1]).intersection(*(found for _, found in hints))
    if not left:
        return Held("hints_differ", _listed(hints))
    by = "+".join(dict.fromkeys(name for name, _ in hints))
    if len(left) == 1:
        return _standing(next(iter(left)), by, line, register)
    return _of_several(line, sorted(left), by, register)


def _of_several(line: Incoming, loans: Sequence[str], by: str, register: Register) -> Matched | Held:
    """One of several loans of the same person or contract: only if the amount is that of exactly one."""
    standing = [loan for loan in loans if register.loans[loan].status is not Status.CLOSED]
    fitting = [loan for loan in standing if register.fits(loan, line.amount, line.paid_on)]
    if len(fitting) == 1:
        return _standing(fitting[0], f"{by}+amount", line, register)
    ranked = [Candidate(loan, "amount") for loan in fitting]
    ranked += [Candidate(loan, by) for loan in standing if loan not in fitting]
    return Held(
        "several_loans" if standing else "closed", tuple((ranked or _listed([(by, loans)]))[:MOST_CANDIDATES])
    )


def _by_payer(line: Incoming, register: Register) -> Matched | Held:
    """By who paid: one person only, and an amount that fits one loan only."""
    people = set(register.names.get(line.payer, ())) if line.payer.reveal("to look up") else set()
    holders = set(register.accounts.get(line.account, ())) if line.account.reveal("to look up") else set()
    by = "payer" if people else "account"
    if people and holders:
        if not people & holders:
            return Held("hints_differ", _of_people(people | holders, "payer", register))
        people, by = people & holders, "payer+account"
    people = people or holders
    if not people:
        near = {who for name in names_in(line.payer) for who in register.names.get(name, ())}
        return Held("similar_name", _of_people(near, "name", register)) if near else Held("no_hint")
    if len(people) > 1:
        return Held("same_name", _of_people(people, "name", register, line))
    loans = sorted(register.borrowers.get(next(iter(people)), ()))
    found = _of_several(line, loans, by, register)
    if isinstance(found, Held) and found.reason == "several_loans" and len(loans) == 1:
        return Held("amount_differs", found.candidates)
    return found


def _standing(loan_id: str, by: str, line: Incoming, register: Register) -> Matched | Held:
    """The loan, if a payment on it may be booked at all."""
    loan = register.loans[loan_id]
    if loan.status in (Status.SOLD, Status.CLOSED):
        return Held(loan.status.value, (Candidate(loan_id, by),))
    if line.paid_on < loan.opened_on:
        return Held("before_opening", (Candidate(loan_id, by),))
    return Matched(loan_id, by)


def _listed(hints: Iterable[tuple[str, Sequence[str]]]) -> tuple[Candidate, ...]:
    seen: dict[str, str] = {}
    for by, loans in hints:
        for loan in loans:
            seen.setdefault(loan, by)
    return tuple(Candidate(loan, by) for loan, by in list(seen.items())[:MOST_CANDIDATES])


def _of_people(
    people: Iterable[str], why: str, register: Register, line: Incoming | None = None
) -> tuple[Candidate, ...]:
    loans = [loan for who in sorted(people) for loan in register.borrowers.get(who, ())]
    loans = [loan for loan in loans if register.loans[loan].status is not Status.CLOSED]
    if line is None:
        return _listed([(why, loans)])
    fitting = [loan for loan in loans if register.fits(loan, line.amount, line.paid_on)]
    return _listed([("amount", fitting), (why, loans)])


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    raw = yaml.safe_load((files(__package__) / "suspense.yaml").read_text(encoding="utf-8"))
    return MappingProxyType(raw)


def reason_codes() -> tuple[str, ...]:
    """The codes for which a payment is held in suspense or refused, and of what speaks for a candidate."""
    return tuple(_texts())


def says(code: str, lang: Lang = "en") -> str:
    """A code of a reason, or of what speaks for a candidate (several joined by ``+``), in words."""
    return (" + " if lang == "en" else "＋").join(_texts()[one][lang] for one in code.split("+"))
