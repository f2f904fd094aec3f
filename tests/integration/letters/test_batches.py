"""Batches of letters: what the paper says, rare characters, resuming after a kill, damage, other inputs."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from postloan.adapters.letter_batch import Batch, LettersWithheld, OtherBatch, print_batch
from postloan.adapters.letter_files import BadLetters, open_orders, read_sender
from postloan.adapters.letter_setting import lacks, letters_pdf
from postloan.delivery.letter import Filler, Letter
from postloan.delivery.templates import packaged, read_template
from postloan.rules import load_book

DAY = date(2026, 3, 2)
BOOK = load_book()
SENDER = Path(__file__).parents[3] / "examples/letters/sender.yaml"
NAMES = ["张䶮", "李𠮷", "王㐂", "赵𬱖", "钱𫖮", "孙一", "周二"]


def _row(i: int, name: str = "") -> dict[str, str]:
    return {
        "letter_no": f"LT{i:04d}", "borrower_id": f"B{i}", "loan_id": f"A{i}", "product": "consumer",
        "name": name or NAMES[i % len(NAMES)], "address": f"湖北省武汉市示例路{i + 1}号",
        "postcode": f"{430999 - i:06d}", "source": "id_card", "rates": "",
        "contract_no": f"HT{i:04d}", "product_name": "个人消费贷款", "overdue_since": "2025-06-01",
        "due_on": "2026-03-31", "as_of": "2026-03-02", "principal": f"{1000 + i}.05", "interest": "20.50",
    }  # fmt: skip


def _orders(path: Path, rows: list[dict[str, str]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def _batch(path: Path, chunk: int = 4) -> Batch:
    text = packaged("demand")
    template = read_template(text, "demand", BOOK, on=DAY)
    filler = Filler(template, read_sender(SENDER), BOOK, on=DAY, key=b"k" * 32, lacks=lacks)
    return Batch(open_orders(path, amounts=True), filler, text, BOOK.version, workers=1, chunk=chunk)


def _manifest(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((out / "manifest.csv").read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("letters")
    print_batch(_batch(_orders(folder / "in.parquet", [_row(i) for i in range(7)])), folder / "out")
    return folder


def test_letters_and_envelopes_lie_in_postal_order_where_the_manifest_says(printed: Path) -> None:
    from pypdf import PdfReader

    rows = _manifest(printed / "out")
    assert [row["postcode"] for row in rows] == sorted(row["postcode"] for row in rows)
    assert [row["seq"] for row in rows] == [str(i) for i in range(1, 8)]
    for row in rows:
        contract = f"HT{row['letter_no'][2:]}"
        assert row["item_name"] == f"逾期贷款催收通知书（合同{contract}）"
        paper = PdfReader(printed / "out" / row["file"]).pages[int(row["page_from"]) - 1].extract_text()
        cover = (
            PdfReader(printed / "out" / row["envelope_file"])
            .pages[int(row["envelope_page"]) - 1]
            .extract_text()
        )
        name = NAMES[int(row["letter_no"][2:]) % len(NAMES)]
        total = f"{1020 + int(row['letter_no'][2:])}.55"
        plain = paper.replace(",", "")
        assert name in paper
        assert contract in paper
        assert total in plain
        assert name in cover
        assert not [word for word in ("贷", "债", "催", "欠", contract) if word in cover]
    assert (printed / "out/manifest.xlsx").read_bytes()[:2] == b"PK"
    assert "张䶮" not in (printed / "out/manifest.csv").read_text(encoding="utf-8-sig")


def test_a_batch_goes_on_where_it_was_cut_short_and_mends_what_was_harmed(
    printed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(printed / "out", out)
    before = {path.name: path.read_bytes() for path in out.glob("*.pdf")}
    (out / "chunk-0001.json").unlink()
    (out / "letters-0002.pdf").write_bytes(b"harmed")
    (out / ".letters-0001.pdf.99.tmp").write_bytes(b"half")
    done = print_batch(_batch(printed / "in.parquet"), out)
    assert (done.letters, done.chunks, done.resumed) == (7, 2, 0)
    assert {path.name: path.read_bytes() for path in out.glob("*.pdf")} == before
    assert print_batch(_batch(printed / "in.parquet"), out).resumed == 2
    assert not list(out.glob(".*.tmp"))


def test_a_folder_with_another_batch_is_left_alone(printed: Path, tmp_path: Path) -> None:
    other = _orders(tmp_path / "other.parquet", [_row(i) for i in range(3)])
    with pytest.raises(OtherBatch, match="letters"):
        print_batch(_batch(other), printed / "out")


def test_rows_that_cannot_be_printed_stop_the_batch_or_are_left_out(tmp_path: Path) -> None:
    rows = [
        _row(0),
        _row(1, "张\U00030000"),
        {**_row(2), "letter_no": "LT0000"},
        {**_row(3), "principal": "x"},
    ]
    path = _orders(tmp_path / "in.parquet", rows)
    with pytest.raises(LettersWithheld, match="3 of 4"):
        print_batch(_batch(path), tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.pdf"))
    done = print_batch(_batch(path), tmp_path / "out", skip_withheld=True)
    assert (done.letters, done.withheld) == (1, 3)
    told = (tmp_path / "out/withheld.csv").read_text(encoding="utf-8-sig")
    assert "U+30000" in told
    assert "张\U00030000" not in told


@pytest.mark.parametrize(
    ("change", "word"),
    [({"colour": "red"}, "colour"), ({"principal": None}, "--db"), ({"address": None}, "address")],
)
def test_a_list_with_unknown_or_missing_columns_is_refused(
    tmp_path: Path, change: dict[str, str | None], word: str
) -> None:
    row = {name: text for name, text in {**_row(1), **change}.items() if text is not None}
    with pytest.raises(BadLetters, match=word):
        open_orders(_orders(tmp_path / "in.parquet", [row]), amounts=True)


def test_a_csv_and_a_parquet_list_give_the_same_letters(tmp_path: Path) -> None:
    rows = [_row(i) for i in range(3)]
    with (tmp_path / "in.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    one = open_orders(tmp_path / "in.csv", amounts=True)
    other = open_orders(_orders(tmp_path / "in.parquet", rows), amounts=True)
    assert list(one.rows(0, 3)) == list(other.rows(0, 3))


def test_a_letter_of_several_pages_keeps_its_own_page_numbers_and_the_next_its_place(tmp_path: Path) -> None:
    batch = _batch(_orders(tmp_path / "in.parquet", [_row(0), {**_row(1), "rates": "说明。" * 900}, _row(2)]))
    letters = [batch.filler.fill(order) for order in map(_order, batch.orders.rows(0, 3))]
    _, first = letters_pdf([one.content for one in letters if isinstance(one, Letter)], on=DAY)
    assert first[:2] == [1, 2]
    assert first[2] > 3


def _order(row: object) -> object:
    from postloan.adapters.letter_files import order_of

    return order_of(row)  # type: ignore[arg-type]


def test_the_typeface_has_rare_characters_of_names() -> None:
    assert lacks("㐂䶮𬱖𫖮𠮷㛃張·Ａ") == ""
    assert lacks("张\U00030000张\U00030000") == "\U00030000"


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
if __name__ == "__main__":
    from test_batches import _batch
    from postloan.adapters.letter_batch import print_batch
    print_batch(_batch(Path({path!r})), Path({out!r}))
"""


def test_a_batch_killed_at_any_moment_ends_as_if_nothing_had_happened(printed: Path, tmp_path: Path) -> None:
    path = _orders(tmp_path / "in.parquet", [_row(i) for i in range(12)])
    out = tmp_path / "out"
    script = tmp_path / "killed.py"
    script.write_text(
        KILLED.format(here=str(Path(__file__).parent), path=str(path), out=str(out)), encoding="utf-8"
    )
    process = subprocess.Popen([sys.executable, str(script)], start_new_session=True)
    until = time.monotonic() + 60
    while not (out / "chunk-0001.json").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (out / "manifest.csv").exists()
    done = print_batch(_batch(path), out)
    assert done.resumed >= 1
    assert done.chunks == 3
    rows = _manifest(out)
    assert sorted(row["letter_no"] for row in rows) == [f"LT{i:04d}" for i in range(12)]
    kept = "".join(path.read_text(encoding="utf-8") for path in sorted(out.glob("contents-*.jsonl")))
    assert [json.loads(line)["number"] for line in kept.splitlines()] == [row["letter_no"] for row in rows]
