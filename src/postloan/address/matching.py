"""Join two lists of addresses (地址匹配): which row of A is the same place as which row of B.

No more pairs are compared than share a blocking key, and a key that stands for more than ``Options.most`` pairs is not
followed: ten thousand addresses of one compound meet by their building and room, not by the compound's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from postloan.address.comparing.keys import area_marks, keys_of
from postloan.address.comparing.signatures import Signatures, counted, signatures
from postloan.address.comparing.states import numbers_contradict
from postloan.address.comparison import LEVELS, compare_rows
from postloan.kernel import InputError, load_queries

if TYPE_CHECKING:
    import pyarrow as pa

    from postloan.address.comparing.names import Ints
    from postloan.kernel.ports import Engine

Reader: TypeAlias = Callable[[Sequence[str]], Sequence[Signatures]]
"""Reads texts into signatures, in order; more processes than one may share the work."""
_COMPARED = 25_000  # pairs compared at a time


@dataclass(frozen=True, slots=True)
class Options:
    """How lists are joined.

    least: lowest probability of a pair that is kept. one_to_one: whether a row of B may be given away only once.
    most: pairs under one blocking key above which the key is not followed.
    """

    least: float = 0.5
    one_to_one: bool = False
    most: int = 1_000


@dataclass(frozen=True, slots=True)
class Matched:
    """What came of it.

    rows_a, rows_b: addresses on each side. texts: different texts that were read. pairs: compared. matched: rows
    written. blocks, blocks_too_large: keys that were followed, and those that were not.
    """

    rows_a: int
    rows_b: int
    texts: int
    pairs: int
    matched: int
    blocks: int
    blocks_too_large: int


def read_here(texts: Sequence[str]) -> Sequence[Signatures]:
    """A reader in this process, in the mode ``fast``."""
    return [signatures(texts, "fast")]


def match(
    engine: Engine, target: Path, scratch: Path, options: Options | None = None, reader: Reader = read_here
) -> Matched:
    """Join the tables ``given_a`` and ``given_b`` (columns ``row_no``, ``text``) into a Parquet file.

    Addresses whose numbers contradict each other are never joined, however low ``least`` is.
    Its columns: ``row_a``, ``row_b``, ``same`` (one of ``LEVELS``: down to what they agree), ``probability`` and
    ``deciding``. Each row of A stands there at most once, with the row of B that is most likely the same place.

    target: the file. scratch: a folder for what is only needed meanwhile.

    Raises:
        InputError: an option cannot be. PostloanError: the engine failed.
    """
    options = options or Options()
    _check(options)
    queries = load_queries("postloan.address", "matching.sql")
    engine.table("texts", queries["texts"].bind())
    for side in ("a", "b"):
        engine.view("given", f"SELECT * FROM given_{side}")
        engine.table(f"side_{side}", queries["side"].bind())
    read = _read(engine, queries["told_apart"].bind(), scratch / "keys.parquet", reader)
    engine.table("blocks", queries["blocks"].bind())
    blocks, too_large = engine.rows(queries["block_counts"].bind(most=options.most))[0]
    pairs = _score(
        engine, queries["candidates"].bind(most=options.most), scratch / "scored.parquet", read, options
    )
    if options.one_to_one:
        _give_away(engine)
        for side in ("a", "b"):
            engine.view("given", f"SELECT * FROM given_{side}")
            engine.table(f"numbered_{side}", queries["numbered"].bind())
    matched = engine.write(queries["one_to_one" if options.one_to_one else "best"].bind(), target)
    rows_a, rows_b = (engine.rows(f"SELECT COUNT(*) FROM given_{side}")[0][0] for side in ("a", "b"))
    return Matched(rows_a, rows_b, len(read), pairs, matched, int(blocks), int(too_large))


def _check(options: Options) -> None:
    for name, value, fits in (
        ("least", options.least, 0 <= options.least <= 1),
        ("most", options.most, options.most >= 1),
    ):
        if not fits:
            raise InputError(
                what=f"{value} cannot be {name}",
                where="address match",
                mend="Give a probability from 0 to 1, and at least one pair under a key.",
            )


def _read(engine: Engine, query: str, path: Path, reader: Reader) -> Signatures:
    """The signatures of all texts; their keys become the table ``keys``."""
    import numpy as np
    import pyarrow as pa

    parts: list[Signatures] = []
    names = ("id", "key", "in_a", "in_b")
    schema = pa.schema(list(zip(names, (pa.int32(), pa.int64(), pa.int8(), pa.int8()), strict=True)))

    def keyed(batch: pa.RecordBatch) -> pa.RecordBatch:
        first = sum(map(len, parts))
        new = list(reader(batch.column("text").to_pylist()))
        parts.extend(new)
        every = [keys_of(part) for part in new]
        offsets = np.cumsum([0, *map(len, new)])[:-1]
        row = np.concatenate([rows + at for (rows, _), at in zip(every, offsets, strict=True)])
        sides = [batch.column(side).to_numpy()[row].astype(np.int8) for side in ("in_a", "in_b")]
        keys = np.concatenate([keys for _, keys in every])
        return pa.RecordBatch.from_arrays(
            [pa.array((row + first).astype(np.int32)), pa.array(keys), *map(pa.array, sides)], schema=schema
        )

    engine.map_batches(query, keyed, schema, path)
    engine.parquet("keys", path)
    return counted(Signatures.joined(parts)) if parts else signatures([])


def _score(engine: Engine, query: str, path: Path, read: Signatures, options: Options) -> int:
    """Compare the candidates; those that are likely enough become the table ``scored``."""
    seen = _compare(engine, query, path, read, options)
    queries = load_queries("postloan.address", "matching.sql")
    for name in ("rivals_of_a", "rivals_of_b"):
        engine.table(name, queries[name].bind())
    engine.table("scored", queries["scored"].bind(least=Decimal(str(options.least))))
    return seen


def _compare(engine: Engine, query: str, path: Path, read: Signatures, options: Options) -> int:
    """Compare the candidates into the table ``compared``; returns how many there were."""
    import numpy as np
    import pyarrow as pa

    schema = pa.schema(
        [("one", pa.int32()), ("other", pa.int32()), ("same", pa.string()), ("finer", pa.int8()),
         ("probability", pa.float32()), ("deciding", pa.string()), ("area_open", pa.int8()), ("area_one", pa.int64()),
         ("area_other", pa.int64())]
    )  # fmt: skip
    areas = area_marks(read).view(np.int64)
    levels, seen = pa.array(LEVELS), 0

    def likely_ones(i: Ints, j: Ints) -> pa.RecordBatch:
        open_ = ~numbers_contradict(read, i, read, j)
        i, j = i[open_], j[open_]
        found = compare_rows(read, i, read, j)
        kept = np.flatnonzero(found.probability >= options.least)
        likely = found.at(kept)
        columns = [
            pa.array(i[kept].astype(np.int32)), pa.array(j[kept].astype(np.int32)),
            levels.take(pa.array(likely.level.astype(np.int32))), pa.array(likely.level),
            pa.array(likely.probability.astype(np.float32)), pa.array(likely.deciding(), pa.string()),
            pa.array(likely.area_open.astype(np.int8)), pa.array(areas[i[kept]]), pa.array(areas[j[kept]]),
        ]  # fmt: skip
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def scored(batch: pa.RecordBatch) -> pa.RecordBatch:
        nonlocal seen
        one, other = (batch.column(name).to_numpy().astype(np.int64) for name in ("one", "other"))
        seen += len(one)
        parts = range(0, len(one), _COMPARED)
        made = list(
            threads.map(lambda at: likely_ones(one[at : at + _COMPARED], other[at : at + _COMPARED]), parts)
        )
        joined = pa.Table.from_batches(made, schema).combine_chunks().to_batches()
        return joined[0] if joined else pa.RecordBatch.from_pylist([], schema=schema)

    with ThreadPoolExecutor(2) as threads:  # NumPy lets go of the interpreter for most of the work
        engine.map_batches(query, scored, schema, path)
    engine.parquet("compared", path)
    return seen


def _give_away(engine: Engine) -> None:
    """Give rows to each other from the likeliest pair down; they become the table ``taken``."""
    import pyarrow as pa

    ranked = engine.arrow(load_queries("postloan.address", "matching.sql")["ranked"].bind())
    columns = (ranked.column(name).to_pylist() for name in ("one", "other", "times_a", "times_b"))
    taken = list(_taken(zip(*columns, strict=True)))
    names = ("one", "other", "from_a", "from_b", "times")
    engine.register(
        "taken",
        pa.table({name: pa.array([row[k] for row in taken], pa.int64()) for k, name in enumerate(names)}),
    )


def _taken(ranked: Iterator[tuple[int, int, int, int]]) -> Iterator[tuple[int, int, int, int, int]]:
    gone_a: dict[int, int] = {}
    gone_b: dict[int, int] = {}
    for one, other, times_a, times_b in ranked:
        from_a, from_b = gone_a.get(one, 0), gone_b.get(other, 0)
        times = min(times_a - from_a, times_b - from_b)
        if times > 0:
            yield one, other, from_a, from_b, times
            gone_a[one], gone_b[other] = from_a + times, from_b + times
