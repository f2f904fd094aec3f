"""How fast letters are printed, with two processes: `make bench-letters`.

Synthetic people; every letter has its own name, address, amounts and code. Prints wall and CPU seconds, the most
memory that any process took, in the first and in the last quarter, and bytes a letter.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from postloan.adapters.letter_batch import Batch, print_batch
from postloan.adapters.letter_files import open_orders, read_sender, secret_key
from postloan.adapters.letter_setting import lacks
from postloan.delivery.letter import Filler
from postloan.delivery.templates import packaged, read_template
from postloan.rules import load_book

LIMIT_S = 150.0
ON = date(2026, 3, 2)
SENDER = Path(__file__).parent.parent / "examples" / "letters" / "sender.yaml"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰龙䶮㐂"


def _orders(path: Path, count: int) -> None:
    rows = [
        {
            "letter_no": f"LT{i:07d}",
            "borrower_id": f"B{i:06d}",
            "loan_id": f"A{i:06d}",
            "product": "consumer",
            "name": SURNAMES[i % len(SURNAMES)] + GIVEN[i % len(GIVEN)] + GIVEN[i * 7 % len(GIVEN)],
            "address": f"湖北省武汉市洪山区示例路{i % 997 + 1}号示例小区{i % 31 + 1}栋{i % 5 + 1}单元{i % 30 + 1}02室",
            "postcode": f"{430000 + i * 37 % 900:06d}",
            "source": "id_card",
            "contract_no": f"HT2023{i:06d}",
            "product_name": "个人消费贷款",
            "overdue_since": "2025-06-01",
            "due_on": "2026-03-31",
            "as_of": ON.isoformat(),
            "principal": f"{10_000 + i}.{i % 100:02d}",
            "interest": f"{i % 3_000}.{i * 3 % 100:02d}",
            "penalty": f"{i % 700}.{i * 7 % 100:02d}",
        }
        for i in range(count)
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)


def main() -> int:
    """Print a batch and what it took; 1 where the limit is passed."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--letters", type=int, default=10_000)
    count = given.parse_args().letters
    folder = Path(tempfile.mkdtemp(prefix="postloan-letters-"))
    try:
        _orders(folder / "letters.parquet", count)
        book = load_book()
        text = packaged("demand")
        filler = Filler(
            read_template(text, "demand", book, on=ON),
            read_sender(SENDER),
            book,
            on=ON,
            key=secret_key(folder / "letters.key", create=True),
            lacks=lacks,
        )
        out = folder / "out"
        marks: list[int] = []
        begun = time.perf_counter()
        done = print_batch(
            Batch(open_orders(folder / "letters.parquet", amounts=True), filler, text, book.version),
            out,
            tell=lambda en, zh: marks.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss),
        )
        wall = time.perf_counter() - begun
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        size = sum(path.stat().st_size for path in out.glob("*.pdf"))
        print(f"letters: {done.letters:,} with envelopes in {done.chunks} chunks, two processes")
        limit = LIMIT_S * count / 10_000
        print(
            f"wall {wall:.1f} s (limit {limit:.0f} s), CPU {cpu:.1f} s, {1000 * cpu / count:.1f} ms a letter"
        )
        print(
            f"most memory: a setting process {children.ru_maxrss / 1024:.0f} MB "
            f"({max(marks[: len(marks) // 2], default=0) / 1024:.0f} MB by half time), "
            f"this one {own.ru_maxrss / 1024:.0f} MB"
        )
        print(f"{size / count / 1024:.1f} KB a letter with its envelope")
        return 1 if wall > LIMIT_S * count / 10_000 and count >= 1_000 else 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    raise SystemExit(main())
