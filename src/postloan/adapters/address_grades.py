"""Files of addresses graded by how far each leads a postman."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from postloan.adapters.addresses import address_batches
from postloan.adapters.files_whole import whole
from postloan.address.deliverability import deliverable_batch, grade_schema
from postloan.address.parsing import Mode, Weights, batch_of, checked


def grade_file(source: Path, target: Path, mode: Mode, weights: Weights) -> dict[str, int]:
    """Grade every address of a file by how far it leads a postman; returns how many have each grade.

    Raises:
        NoAddresses, CannotWrite, DiskFull: as ``parse_file``.
    """
    checked(mode, weights)
    counts = dict.fromkeys("ABCDE", 0)
    with whole(target) as part, pq.ParquetWriter(part, grade_schema(), compression="zstd") as writer:
        for texts in address_batches(source):
            graded = deliverable_batch(batch_of(texts, mode, weights))
            writer.write_batch(graded)
            for grade in graded.column("grade").to_pylist():
                counts[grade] += 1
    return counts
