"""Where letters arrive (触达): records through the door, places made of them, a model learned, places ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from postloan.kernel import Finding, Lang, PostloanError
from postloan.workflows.taking_in import TapeOptions, type_source
from postloan.workflows.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.people.backtest import Backtest
    from postloan.people.door import Refused
    from postloan.people.explaining import Explanation
    from postloan.people.gathering import Gathered
    from postloan.people.keeping import Kept
    from postloan.people.next_letter import Policy
    from postloan.people.training import Model


class TooFewLetters(PostloanError):
    """{source} has fewer than twenty letters whose address is on file and whose outcome is known.

    Give the table letters with address_text and outcome; `postloan reach rank` works without.
    """

    zh = "{source} 中地址已留存且结果已知的函件少于二十封。请提供含寄送地址与投递结果的函件表。"


@dataclass(frozen=True, slots=True)
class ReachOptions:
    """What is asked.

    source: a tape folder or file. on: the day on which places are looked at, None for the last day on the tape.
    tape: how it is read. kept: a model to begin from; its letters are not learned again. seed: of samples.
    """

    source: Path
    on: date | None = None
    tape: TapeOptions = field(default_factory=TapeOptions)
    kept: Kept | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """Evidence with the model learned from it, and what was turned away at the door."""

    gathered: Gathered
    model: Model
    away: tuple[Refused, ...]
    findings: tuple[Finding, ...]
    new_letters: int


def learn_to_reach(options: ReachOptions, tools: Tools) -> Reached:
    """Read a tape's addresses and letters and learn where letters arrive.

    Raises:
        PostloanError: the source cannot be used, or the tape has no addresses.
    """
    from postloan.tape.lookups import given_tables, whole_views

    type_source(options.source, options.tape, tools)
    whole_views(tools.engine, given_tables(tools.engine, {}))
    return reach(options, tools)


def reach(options: ReachOptions, tools: Tools) -> Reached:
    """The same where the engine holds ``<table>_whole`` of the tape already."""
    import numpy as np

    from postloan.people.door import door_findings, refused
    from postloan.people.gathering import EPOCH, gather
    from postloan.people.training import train, usable

    with tools.stage("places", "Making places of addresses…", "正在归并地址……"):
        gathered = gather(tools.engine, options.on)
        away = refused(tools.engine)
    with tools.stage("reach", "Learning from letters…", "正在从函件结果学习……"):
        letters = usable(gathered.evidence)
        kept = options.kept
        if kept is not None:
            letters = letters[gathered.evidence.letters.known[letters] > (kept.through - EPOCH).days]
        before = kept.weights if kept else None
        model = train(gathered.evidence, seed=options.seed, before=before, chosen=np.asarray(letters))
    return Reached(gathered, model, away, tuple(door_findings(gathered, away)), len(letters))


def kept_model(reached: Reached) -> bytes:
    """The model to be kept."""
    from postloan.people.keeping import Kept, to_bytes

    return to_bytes(Kept(reached.model.weights, reached.gathered.on))


@dataclass(frozen=True, slots=True)
class RankedTables:
    """``places`` and ``people`` as tables."""

    places: pa.Table
    people: pa.Table


def rank_places(reached: Reached, policy: Policy, tools: Tools, lang: Lang) -> RankedTables:
    """Everybody's places, the likeliest first, and what to do next for each person."""
    from postloan.people.ranking import people_table, places_table, rank

    with tools.stage("rank", "Ranking places…", "正在排序……"):
        ranked = rank(reached.gathered, reached.model)
        places = places_table(reached.gathered, ranked, reached.model.weights, lang)
        people, _ = people_table(reached.gathered, ranked, policy, lang)
    return RankedTables(places, people)


def write_tables(tables: RankedTables, folder: Path, tools: Tools) -> None:
    """``places.parquet`` and ``people.parquet``, each whole or not at all."""
    for name in ("places", "people"):
        tools.engine.register(name, getattr(tables, name))
        tools.engine.write(f"SELECT * FROM {name}", folder / f"{name}.parquet")


def look_back(options: ReachOptions, tools: Tools, *, split: date | None, truth: pa.Table | None) -> Backtest:
    """Learn from the letters up to a day and look at those sent later; see ``people.backtest``.

    split: None for the day by which two in three letters were sent. truth: of a synthetic tape, with columns ``row``
    (of ``addresses``, from 0) and ``arrives``.

    Raises:
        TooFewLetters: nothing can be learned and tested.
    """
    import numpy as np

    from postloan.people.backtest import backtest, default_split
    from postloan.people.gathering import gather
    from postloan.tape.lookups import given_tables, whole_views

    type_source(options.source, options.tape, tools)
    whole_views(tools.engine, given_tables(tools.engine, {}))
    with tools.stage("places", "Making places of addresses…", "正在归并地址……"):
        gathered = gather(tools.engine, options.on)
    day = split or default_split(gathered.evidence)
    if day is None:
        raise TooFewLetters(source=options.source.name)
    true = None
    if truth is not None:
        by_row = np.full(
            int(max(gathered.row.max(initial=0), np.asarray(truth["row"]).max(initial=0))) + 1, np.nan
        )
        by_row[np.asarray(truth["row"])] = np.asarray(truth["arrives"])
        places = gathered.evidence.records.place
        count = np.maximum(np.bincount(places), 1)
        true = np.bincount(places, np.nan_to_num(by_row[gathered.row])) / count
    with tools.stage("backtest", "Looking back…", "正在回测……"):
        return backtest(gathered, day, seed=options.seed, truth=true)


def explain_borrowers(
    options: ReachOptions, borrowers: Sequence[str], policy: Policy, tools: Tools, lang: Lang
) -> list[Explanation]:
    """Why the places of some borrowers stand as they do."""
    from postloan.people.explaining import explain, typical

    reached = learn_to_reach(options, tools)
    middle = typical(reached.gathered, reached.model)
    return [
        explain(reached.gathered, reached.model, borrower, middle=middle, policy=policy, lang=lang)
        for borrower in borrowers
    ]
