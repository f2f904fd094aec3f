"""A whole synthetic tape from one notice: what the seller would hand over, and the truth behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from postloan.market.notice import KEYS, Notice
from postloan.market.package import packages_text
from postloan.synth.averages import ages
from postloan.synth.balances import balances
from postloan.synth.history import contacts_table, letters_table, payments_table
from postloan.synth.loans import EPOCH, loans_table
from postloan.synth.people import people
from postloan.synth.places import places
from postloan.synth.servicing import servicing_tables
from postloan.synth.targets import targets_of

GENERATOR = "2"
"""Version of the generator: the same notice, seed and version give the same tables."""

TAPE = (
    "loans", "borrowers", "addresses", "contacts", "payments", "letters", "schedules", "events", "collateral",
    "owned_assets",
)  # fmt: skip
"""Tables that a seller hands over; those without a row are left out."""
TRUTH = ("persons", "homes", "faults", "evergreen")
"""Tables that no pipeline may read."""


@dataclass(frozen=True, slots=True)
class Tables:
    """A synthetic tape.

    tape: the tables of a tape folder by name. truth: who is who and where they live, for measuring only.
    label: what says that it is synthetic: generator version, seed, notice. packages: a packages file that titles
    the package like the notice.
    """

    tape: Mapping[str, pa.Table]
    truth: Mapping[str, pa.Table]
    label: Mapping[str, object]
    packages: str = ""


def synthesize(notice: Mapping[str, Any], *, seed: int) -> Tables:
    """A tape that discloses the published facts of a notice exactly and is plausible elsewhere.

    notice: with the keys of ``Notice.to_json``; amounts in yuan, None where unknown. seed: 0 or more; the same
    seed gives the same bytes. Time: about 10 s for a million loans.

    Raises:
        Contradiction: two facts cannot both hold.
        OutOfReach: an average that no whole numbers give.
        NotAFact: a figure cannot be read.
        NoDate: nothing tells when the package was cut off.
    """
    targets = targets_of(notice)
    draws = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(10)]
    held = balances(targets, draws[0])
    loans = loans_table(targets, held, notice, draws[1])
    cutoff = (targets.cutoff_on - EPOCH).days
    first_loan = np.minimum.reduceat(loans.originated, held.first)
    # Nobody borrows before 18.
    youngest = 18 + np.ceil((cutoff - first_loan) / 365.0).astype(np.int64)
    years = ages(targets.age, youngest, held.by_borrower, targets.loans, draws[2])
    who = people(years, targets.cutoff_on, str(notice.get("seller") or ""), draws[3])
    where = places(who, first_loan, cutoff, draws[4])
    known = {key: notice[key] for key in KEYS if notice.get(key) is not None}
    return Tables(
        tape={
            "loans": loans.table,
            "borrowers": who.table,
            "addresses": where.addresses,
            "contacts": contacts_table(who, draws[5]),
            "payments": payments_table(loans, draws[6], draws[8]),
            "letters": letters_table(loans, where, held.first, cutoff, draws[7]),
            **servicing_tables(loans, cutoff, draws[9]),
        },
        truth={"persons": who.persons, "homes": where.homes},
        label={
            "synthetic": True,
            "generator": GENERATOR,
            "seed": seed,
            "notice": notice.get("id"),
            "seller": notice.get("seller"),
            "period": notice.get("period"),
            "source": notice.get("source"),
            "says": {
                "en": "Synthetic tape: it discloses a published notice's figures; every person and loan is invented.",
                "zh": "合成数据：披露数字与已公布的公告一致，所有人员和贷款均为虚构。",
            },
        },
        packages=packages_text(Notice.from_json(known), name=_folder_name(str(notice.get("id") or ""))),
    )


def _folder_name(name: str) -> str:
    """A notice's id where it can name a folder, else ``package``."""
    return name if re.fullmatch(r"[\w()-][\w. ()-]*", name) else "package"
