"""People and places of a book: who is who and where letters arrive, without names, numbers or addresses in clear."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from postloan.kernel import Finding, Lang, PostloanError
from postloan.workflows.linking import link_tape
from postloan.workflows.reaching import ReachOptions, rank_places, reach
from postloan.workflows.tools import Tools

PEOPLE_TABLES = ("people", "places", "people_review")
"""The tables of a book that this stage leaves."""


def people_of_book(
    source: Path, tools: Tools, folder: Path, *, on: date | None, lang: Lang
) -> tuple[Finding, ...]:
    """Write ``people``, ``places`` and ``people_review``; the engine holds ``<table>_whole`` of the tape.

    places: addresses are masked; ``postloan reach rank`` writes them in clear for the mail room. Answers what the door
    and the linking found.
    """
    import pyarrow as pa

    from postloan.kernel.personal import mask_address
    from postloan.people.next_letter import Policy

    linked = link_tape(tools)
    reached = reach(ReachOptions(source, on), tools)
    tables = rank_places(reached, Policy(), tools, lang)
    masked = pa.array(
        [mask_address(text) for text in tables.places["address_standard"].to_pylist()], pa.string()
    )
    at = tables.places.column_names.index("address_standard")
    engine = tools.engine
    engine.register("ranked_places", tables.places.set_column(at, "address_standard", masked))
    engine.register("ranked_people", tables.people)
    engine.register("persons", linked.persons)
    engine.register("pairs_to_review", linked.review)
    engine.write("SELECT * FROM ranked_places", folder / "places.parquet")
    engine.write(
        "SELECT r.*, COALESCE(p.person_id, r.borrower_id) AS person_id FROM ranked_people AS r"
        " LEFT JOIN persons AS p ON p.borrower_id = r.borrower_id ORDER BY r.borrower_id",
        folder / "people.parquet",
    )
    engine.write("SELECT * FROM pairs_to_review", folder / "people_review.parquet")
    read_people(tools, folder)
    return (*reached.findings, *linked.findings)


def read_people(tools: Tools, folder: Path) -> None:
    """Let the tables be readable under their names, where the folder has them."""
    for table in PEOPLE_TABLES:
        if (folder / f"{table}.parquet").is_file():
            tools.engine.parquet(table, folder / f"{table}.parquet")


def has_addresses(tools: Tools) -> bool:
    """Whether the tape that the engine holds has an address table."""
    try:
        return "text" in tools.engine.columns("typed_addresses")
    except PostloanError:
        return False
