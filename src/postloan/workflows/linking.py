"""Who is who on a tape (人员归并): borrowers to persons, and the pairs that a person must look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from postloan.kernel import Engine, Finding, load_kinds, load_queries
from postloan.workflows.taking_in import TapeOptions, type_source
from postloan.workflows.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.people.linking import Linked


@dataclass(frozen=True, slots=True)
class LinkedTables:
    """``persons`` (borrower_id, person_id) and ``review`` (pairs for a person's eye), with what was found.

    joined: records joined by probability.
    """

    persons: pa.Table
    review: pa.Table
    joined: int
    findings: tuple[Finding, ...]


def link_tape(tools: Tools) -> LinkedTables:
    """Persons of the tape whose ``<table>_whole`` the engine holds.

    Without a pair finder only equal valid identity numbers are joined.
    """
    from postloan.people.linking import link, records_to_link

    engine: Engine = tools.engine
    with tools.stage("people", "Finding out who is who…", "正在归并人员……"):
        engine.table("people_records", load_queries("postloan.people", "linkage.sql")["people_records"].text)
        records = records_to_link(engine)
        linked = link(records, tools.find_pairs or _nobody)
    return LinkedTables(_persons(linked), _review(linked), linked.joined, tuple(_findings(linked)))


def link_source(source: Path, options: TapeOptions, tools: Tools) -> LinkedTables:
    """Persons of a tape folder or file.

    Raises:
        PostloanError: the source or the mapping cannot be used.
    """
    from postloan.tape.lookups import given_tables, whole_views

    type_source(source, options, tools)
    whole_views(tools.engine, given_tables(tools.engine, {}))
    return link_tape(tools)


def _nobody(records: pa.Table) -> pa.Table:
    import pyarrow as pa

    none = pa.array([], pa.string())
    return pa.table({"record_l": none, "record_r": none, "probability": pa.array([], pa.float64())})


def _persons(linked: Linked) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "borrower_id": pa.array(list(linked.record), pa.string()),
            "person_id": pa.array(list(linked.person), pa.string()),
        }
    )


def _review(linked: Linked) -> pa.Table:
    import pyarrow as pa

    from postloan.people.linking import WHY_WORDS

    def names(at: object) -> pa.Array:
        return pa.array(list(linked.record), pa.string()).take(pa.array(at))

    says = [WHY_WORDS[why] for why in linked.why]
    return pa.table(
        {
            "borrower_id": names(linked.left), "other_borrower_id": names(linked.right),
            "probability": pa.array(linked.probability.round(4)), "why": pa.array(list(linked.why), pa.string()),
            "says_en": pa.array([en for en, _ in says], pa.string()),
            "says_zh": pa.array([zh for _, zh in says], pa.string()),
            "agrees_en": pa.array(list(linked.agrees["en"]), pa.string()),
            "agrees_zh": pa.array(list(linked.agrees["zh"]), pa.string()),
        }
    )  # fmt: skip


def _findings(linked: Linked) -> list[Finding]:
    kinds = load_kinds("postloan.people")
    births = sum(why == "birth" for why in linked.why)
    pairs = len(linked.why) - births
    counted = (("P012", births), ("P013", pairs))
    return [Finding(kinds[code], "borrowers", found=f"{n:,}", count=n) for code, n in counted if n]
