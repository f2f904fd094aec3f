"""Notices as files: PDF with Chinese text that can be searched, every encoding, one clear line for the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from postloan.adapters.documents import pdf
from postloan.adapters.files_whole import CannotWrite, whole, write_text
from postloan.adapters.notice_files import (
    NoSuchFile,
    UnreadableNotice,
    folder_name,
    read_notice_text,
    read_notices_json,
)
from postloan.market import BadNotice, Notice, completed, layout, read_notice, typst_source

NOTICE = completed(
    Notice(
        id="n", seller="甲消费金融有限公司", seller_type="消费金融公司", product="个人消费贷款", period="2026年第2期",
        doc_kind="转让公告", text_form="table", principal=Decimal("66369783.05"), interest=Decimal("11006194.24"),
        total=Decimal("77375977.29"), max_borrower=Decimal("248600.00"), avg_borrower=Decimal("179526.63"),
        weighted_credit_limit=Decimal("302251.36"), loans=1756, borrowers=431, weighted_overdue_days=Decimal("833.66"),
        weighted_age=Decimal("41.94"), cutoff_date="2025-06-30", five_class={"损失": 1411, "次级": 345},
        written_off=0, guarantee={"信用": 1756}, litigation={"终本执行": 1313, "未诉": 443},
        bid_deadline="2026-03-17 17:00", bid_mode="多轮竞价",
    )
)  # fmt: skip
TEXT = "甲银行关于2025年第1期个人不良贷款(个人消费贷款)转让项目 转让公告\n资产笔数: 756笔\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "notice.pdf"
    pdf(typst_source(), layout(NOTICE, template="old", synthetic=True), path, on=date(2026, 3, 2))
    return path


def test_a_pdf_is_read_back_as_the_same_facts(page: Path) -> None:
    text = read_notice_text(page)
    assert "合成数据" in text
    assert read_notice(text, name="n").to_json() == NOTICE.to_json()


def test_the_same_notice_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.pdf"
    pdf(typst_source(), layout(NOTICE, template="old", synthetic=True), again, on=date(2026, 3, 2))
    assert again.read_bytes() == page.read_bytes()


def test_a_long_notice_breaks_over_pages_and_each_is_marked(tmp_path: Path) -> None:
    import pypdf

    path = tmp_path / "long.pdf"
    litigation = {f"状态{i}": i + 1 for i in range(400)}
    many = Notice(id="n", seller="甲银行", litigation=litigation, remarks="长" * 2_000)
    pdf(typst_source(), layout(many, synthetic=True), path)
    pages = pypdf.PdfReader(path).pages
    assert len(pages) > 1
    assert all("合成数据" in each.extract_text() for each in pages)


def test_a_failed_write_leaves_what_was_there_and_no_scrap(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    write_text(path, "before")

    def stopped() -> None:
        with whole(path) as part:
            part.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="Choose another folder"):
        write_text(tmp_path / "none" / "x.txt", "x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert read_notice(read_notice_text(path), name="a").seller == "甲银行"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b" \n", "empty"), ("bin.txt", b"\x00\x81\xff" * 50, "UTF-8 or GB18030"),
        ("a.docx", b"PK\x03\x04zip", "Word"), ("a.doc", b"\xd0\xcf\x11\xe0old", "Word"),
        ("broken.pdf", b"%PDF-1.7 nothing", "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_with_the_remedy(
    name: str, data: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableNotice, match=words):
        read_notice_text(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        read_notice_text(tmp_path / "none.txt")
    with pytest.raises(UnreadableNotice, match=r"\*\.txt"):
        read_notice_text(tmp_path)


def test_json_of_one_or_a_line_each_is_read_and_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text(NOTICE.dumps(indent=1), encoding="utf-8")
    assert read_notices_json(path) == [NOTICE]
    path.write_text(NOTICE.dumps() + "\n\n" + NOTICE.dumps() + "\n", encoding="utf-8")
    assert read_notices_json(path) == [NOTICE, NOTICE]
    path.write_text(NOTICE.dumps() + '\n{"id": "x", "totle": 1}\n', encoding="utf-8")
    with pytest.raises(BadNotice, match="line 2: unknown key 'totle'"):
        read_notices_json(path)


def test_an_id_cannot_lead_out_of_the_folder() -> None:
    assert "/" not in folder_name("../../etc/passwd")
    assert folder_name("ant-2025-1") == "ant-2025-1"


def postloan(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = "import sys; from postloan.cli import main; sys.argv[0] = 'postloan'; main()"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, "NO_COLOR": "1"}, encoding="utf-8",
    )  # fmt: skip


def test_reading_prints_one_object_a_line_and_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(TEXT, encoding="utf-8")
    bad.write_text("今天天气很好", encoding="utf-8")
    done = postloan("notice", "read", str(bad), str(good), "--json")
    assert done.returncode == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["good"]
    assert len(done.stderr.strip().splitlines()) == 1
    assert "bad" in done.stderr


def test_reading_for_people_speaks_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert "Loans" in postloan("notice", "read", str(path)).stdout
    assert "资产笔数" in postloan("notice", "read", str(path), "--lang", "zh").stdout


def test_writing_leaves_three_files_and_a_bad_notice_leaves_none(tmp_path: Path) -> None:
    source, out = tmp_path / "n.json", tmp_path / "out"
    source.write_text(NOTICE.dumps(), encoding="utf-8")
    done = postloan("notice", "write", str(source), "--out", str(out), "--template", "old", "--synthetic")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == ["notice.html", "notice.json", "notice.pdf"]
    assert read_notices_json(out / "notice.json") == [NOTICE]
    source.write_text('{"id": "x", "total": "viel"}', encoding="utf-8")
    done = postloan("notice", "write", str(source), "--out", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "'total'" in done.stderr
    assert not (tmp_path / "none").exists()
