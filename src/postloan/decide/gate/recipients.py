"""Whom a contact may go to: the debtor, who is legally liable, and a contact person whom the debtor named. Nobody else.

There is no type for an entry of a phone book, a colleague or a neighbour, so that no code can address one. A recipient
holds the id of a contact point in the store, never a number or an address, and a person who is asked for the debtor can
be sent no text: the act that reaches them has no field for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from postloan.kernel import PostloanError


class NoProof(PostloanError):
    """A {who} is approached only with proof, but none is named.

    Name the document that shows it, for example the contract of guarantee.
    """

    zh = "联系{who}须有证明文件，但未注明。请注明文件编号，例如保证合同。"


class Role(StrEnum):
    """Who else answers for the debt (清偿责任人)."""

    CO_BORROWER = "co_borrower"
    GUARANTOR = "guarantor"
    SPOUSE = "spouse"
    HEIR = "heir"


@dataclass(frozen=True, slots=True)
class Debtor:
    """The debtor, at a contact point of the store (债务人)."""

    debtor_id: str
    point_id: str

    @property
    def to(self) -> str:
        """The recipient as the rules call it."""
        return "debtor"

    @property
    def person_id(self) -> str:
        """Whom it reaches."""
        return self.debtor_id


@dataclass(frozen=True, slots=True)
class Liable:
    """Somebody who is legally liable for the debtor's debt (清偿责任人).

    proof: the document that shows it.
    """

    debtor_id: str
    person_id: str
    point_id: str
    role: Role
    proof: str

    def __post_init__(self) -> None:
        if not self.proof.strip():
            raise NoProof(who=self.role)

    @property
    def to(self) -> str:
        """The recipient as the rules call it."""
        return str(self.role)


@dataclass(frozen=True, slots=True)
class NamedContact:
    """A contact person whom the debtor named (债务人提供的联系人); can only be asked for the debtor.

    named_in: the document in which the debtor did.
    """

    debtor_id: str
    person_id: str
    point_id: str
    named_in: str

    def __post_init__(self) -> None:
        if not self.named_in.strip():
            raise NoProof(who="contact")

    @property
    def to(self) -> str:
        """The recipient as the rules call it."""
        return "contact"


Owing = Debtor | Liable
Recipient = Debtor | Liable | NamedContact
