"""Evidence packs: what is in them, and that no change stays unseen; tracking files that are not as they should be."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from postloan.adapters.letter_batch import Batch, print_batch
from postloan.adapters.letter_evidence import (
    BadEvidenceKey,
    NoSuchLetter,
    PackChanged,
    make_pack,
    signing_key,
    verify_pack,
)
from postloan.adapters.letter_files import open_orders, read_sender
from postloan.adapters.letter_setting import lacks
from postloan.adapters.tracking_files import read_claims, read_events, read_manifest
from postloan.delivery.letter import Filler
from postloan.delivery.templates import packaged, read_template
from postloan.kernel import InputError
from postloan.rules import load_book

DAY = date(2026, 3, 2)
ON = date(2026, 3, 20)
BOOK = load_book()
EXAMPLES = Path(__file__).parents[3] / "examples/letters"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a batch, scans, a key and the pack of its first letter."""
    folder = tmp_path_factory.mktemp("evidence")
    text = packaged("demand")
    template = read_template(text, "demand", BOOK, on=DAY)
    sender = read_sender(EXAMPLES / "sender.yaml")
    filler = Filler(template, sender, BOOK, on=DAY, key=b"k" * 32, lacks=lacks)
    orders = open_orders(EXAMPLES / "letters.csv", amounts=True)
    print_batch(Batch(orders, filler, text, BOOK.version, workers=1), folder / "batch")
    (folder / "scans").mkdir()
    (folder / "scans/LT2026-0001.jpg").write_bytes(b"scan")
    _pack(folder, "LT2026-0001", folder / "pack.zip")
    return folder


def _pack(folder: Path, letter: str, out: Path) -> dict[str, object]:
    events = read_events(EXAMPLES / "events.csv").events
    key = signing_key(folder / "key.pem")
    return dict(
        make_pack(folder / "batch", letter, events, out, book=BOOK, on=ON, key=key, proofs=folder / "scans")
    )


def test_a_pack_holds_text_provenance_tracking_proof_and_what_follows_from_them(made: Path) -> None:
    found = verify_pack(made / "pack.zip", made / "key.pem.pub")
    assert (found.letter_no, found.trusted) == ("LT2026-0001", True)
    with zipfile.ZipFile(made / "pack.zip") as pack:
        assert {"letter.json", "letter.pdf", "envelope.pdf", "provenance.json", "template.yaml", "tracking.jsonl",
                "effect.json", "summary.pdf", "proof/LT2026-0001.jpg"} <= set(pack.namelist())  # fmt: skip
        effect = json.loads(pack.read("effect.json"))
        tracking = pack.read("tracking.jsonl").decode().splitlines()
        page = _text(pack.read("summary.pdf"))
        letter = _text(pack.read("letter.pdf"))
    assert (effect["effect"], effect["interrupts_on"], effect["missing"]) == ("arrived", "2026-03-05", [])
    assert len(tracking) == 4
    assert "自 2026-03-05 起重新计算" in page
    assert "张䶮" not in page
    assert "张䶮" in letter
    assert "13,371.32" in letter


def _text(pdf: bytes) -> str:
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    return str(pages[0].extract_text())


def test_without_a_scan_the_pack_says_what_is_missing(made: Path, tmp_path: Path) -> None:
    said = _pack(made, "LT2026-0003", tmp_path / "pack.zip")
    assert said["missing"] == ["outcome_proof"]
    card = _pack(made, "LT2026-0002", tmp_path / "card.zip")
    assert (card["effect"], card["interrupts_on"], card["missing"]) == ("not_arrived", "2026-03-03", [])


def test_the_same_evidence_gives_the_same_pack(made: Path, tmp_path: Path) -> None:
    _pack(made, "LT2026-0001", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (made / "pack.zip").read_bytes()


def test_no_changed_byte_stays_unseen(made: Path, tmp_path: Path) -> None:
    whole = (made / "pack.zip").read_bytes()
    places = {*range(0, len(whole), 997), *range(60), *range(len(whole) - 900, len(whole), 7)}
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1
        (tmp_path / "changed.zip").write_bytes(changed)
        with pytest.raises(PackChanged):
            verify_pack(tmp_path / "changed.zip")
    for other in (whole[:-1], whole + b"x", b"", b"PK"):
        (tmp_path / "changed.zip").write_bytes(other)
        with pytest.raises(PackChanged):
            verify_pack(tmp_path / "changed.zip")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda files: files.update({"effect.json": b"{}"}), "effect.json was altered"),
        (lambda files: files.pop("tracking.jsonl"), "tracking.jsonl is missing"),
        (lambda files: files.update({"proof/more.jpg": b"x"}), "proof/more.jpg was added"),
        (lambda files: files.update({"manifest.json": files["manifest.json"] + b" "}), "signature"),
        (lambda files: files.pop("signature.bin"), "signature.bin is missing"),
    ],
)
def test_a_pack_put_together_anew_is_refused_and_told_where(
    made: Path, tmp_path: Path, change: object, word: str
) -> None:
    with zipfile.ZipFile(made / "pack.zip") as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    change(files)  # type: ignore[operator]
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as forged:
        for name, data in files.items():
            forged.writestr(name, data)
    with pytest.raises(PackChanged, match=word):
        verify_pack(tmp_path / "forged.zip")


def test_a_pack_signed_by_somebody_else_is_refused(made: Path, tmp_path: Path) -> None:
    signing_key(tmp_path / "other.pem")
    with pytest.raises(PackChanged, match="another key"):
        verify_pack(made / "pack.zip", tmp_path / "other.pem.pub")
    with pytest.raises(BadEvidenceKey):
        verify_pack(made / "pack.zip", EXAMPLES / "sender.yaml")
    assert not verify_pack(made / "pack.zip").trusted


def test_the_private_key_is_readable_by_its_owner_only(made: Path) -> None:
    assert (made / "key.pem").stat().st_mode & 0o077 == 0


def test_a_letter_whose_record_was_altered_gets_no_pack(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    kept = folder / "batch/contents-0001.jsonl"
    kept.write_text(kept.read_text(encoding="utf-8").replace("12,500.00", "92,500.00"), encoding="utf-8")
    with pytest.raises(PackChanged, match="LT2026-0001"):
        _pack(folder, "LT2026-0001", tmp_path / "pack.zip")
    with pytest.raises(NoSuchLetter):
        _pack(folder, "LT-none", tmp_path / "pack.zip")


def test_lines_that_are_no_events_are_named_and_stop_nothing(tmp_path: Path) -> None:
    read = read_events(EXAMPLES / "events.csv")
    assert len(read.events) == 12
    assert [line for line, _ in read.unreadable] == [14]
    lines = ['{"letter_no": "L1", "at": "2026-03-02T09:00:00+08:00", "code": 301}', "{", "[1]", ""]
    (tmp_path / "e.jsonl").write_text("\n".join(lines), encoding="utf-8")
    read = read_events(tmp_path / "e.jsonl")
    assert [(one.code, one.at.hour) for one in read.events] == [("301", 9)]
    assert [line for line, _ in read.unreadable] == [2, 3]
    (tmp_path / "e.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="letter_no"):
        read_events(tmp_path / "e.csv")
    with pytest.raises(InputError):
        read_manifest(tmp_path)
    (tmp_path / "c.csv").write_text("loan_id,matures_on\nA1,2026-02-30\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_claims(tmp_path / "c.csv")


def test_what_a_borrower_scans_is_the_code_that_the_letter_prints(made: Path, tmp_path: Path) -> None:
    from postloan.adapters.letter_setting import qr_svg
    from postloan.delivery.tokens import letter_of

    with zipfile.ZipFile(made / "pack.zip") as pack:
        url = json.loads(pack.read("letter.json"))["url"]
    assert letter_of(url.removeprefix("https://letters.example.cn/l/"), b"k" * 32) == "LT2026-0001"
    assert qr_svg(url).startswith("<svg")
