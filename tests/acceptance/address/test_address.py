from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

TEXTS = ["浙江省杭州市西湖区文三路12号3幢2单元501室", "", "上海市静安区南京西路1376弄23号"]


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "addresses.txt"
    path.write_text("\n".join(TEXTS) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("mode", ["accurate", "fast", "divisions"])
def test_a_text_file_becomes_a_parquet_file_with_a_row_a_line(postloan, lines, tmp_path, mode):
    ran = postloan("address", "parse", lines, tmp_path / "out.parquet", "--mode", mode, "--json")
    assert (ran.code, ran.json()["addresses"]) == (0, 3)
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column("text").to_pylist() == TEXTS
    assert table.column("adcode").to_pylist() == ["330106", None, "310106"]
    for text, elements in zip(TEXTS, table.column("elements").to_pylist(), strict=True):
        assert all(text[e["start"] : e["end"]] == e["text"] for e in elements)


def test_a_parquet_column_named_text_is_read_with_its_nulls(postloan, tmp_path):
    pq.write_table(pa.table({"id": [1, 2], "text": ["成都市武侯区", None]}), tmp_path / "in.parquet")
    assert (
        postloan("address", "parse", tmp_path / "in.parquet", tmp_path / "out.parquet", "--quiet").code == 0
    )
    assert pq.read_table(tmp_path / "out.parquet").column("city").to_pylist() == ["成都市", None]


def test_a_mark_at_the_head_of_the_file_belongs_to_no_address(postloan, tmp_path):
    (tmp_path / "in.txt").write_bytes(b"\xef\xbb\xbf" + "杭州市\r\n".encode())
    postloan("address", "parse", tmp_path / "in.txt", tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").column("text").to_pylist() == ["杭州市"]


@pytest.mark.parametrize("case", ["missing", "wrong encoding", "no column", "no parquet"])
def test_a_file_without_addresses_is_refused_in_one_line_and_nothing_is_left(postloan, tmp_path, case):
    source = tmp_path / ("in.parquet" if case in ("no column", "no parquet") else "in.txt")
    if case == "wrong encoding":
        source.write_bytes("杭州市".encode("gb18030"))
    elif case == "no column":
        pq.write_table(pa.table({"address": ["杭州市"]}), source)
    elif case == "no parquet":
        source.write_text("杭州市", "utf-8")
    ran = postloan("address", "parse", source, tmp_path / "out.parquet")
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert [path.name for path in tmp_path.iterdir() if path != source] == []


def test_a_file_of_addresses_is_put_into_standard_form(postloan, tmp_path):
    (tmp_path / "in.txt").write_text("浙江杭州西湖文三路三号楼二单元501室\n鼓楼区中山路１２号\n\n", "utf-8")
    ran = postloan("address", "normalise", tmp_path / "in.txt", tmp_path / "out.parquet", "--json")
    assert ran.code == 0
    assert ran.json()["addresses"] == 3
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["form"].to_pylist() == ["浙江省杭州市西湖区文三路3幢2单元501室", "鼓楼区中山路12号", None]
    assert table["adcode"].to_pylist() == ["330106", None, None]
    assert table["reason"].to_pylist() == [None, "ambiguous", "empty"]


def test_a_region_decides_among_places_of_one_name(postloan, tmp_path):
    (tmp_path / "in.txt").write_text("鼓楼区中山路１２号\n", "utf-8")
    postloan("address", "normalise", tmp_path / "in.txt", tmp_path / "out.parquet", "--region", "320100")
    assert pq.read_table(tmp_path / "out.parquet")["form"].to_pylist() == ["江苏省南京市鼓楼区中山路12号"]


def test_a_region_that_never_was_is_refused(postloan, tmp_path):
    (tmp_path / "in.txt").write_text("鼓楼区\n", "utf-8")
    ran = postloan("address", "normalise", tmp_path / "in.txt", tmp_path / "out.parquet", "--region", "99")
    assert ran.code == 2
    assert "--region" in ran.err
    assert not (tmp_path / "out.parquet").exists()


def test_evaluation_prints_precision_recall_and_f1_of_every_label(postloan, tmp_path):
    (tmp_path / "gold.txt").write_text(
        "杭 B-city\n州 I-city\n市 I-city\n文 B-road\n三 I-road\n路 I-road\n", "utf-8"
    )
    ran = postloan("address", "evaluate", tmp_path / "gold.txt", "--json")
    assert ran.code == 0
    assert ran.json()["scores"]["city"] == {
        "precision": 1.0, "recall": 1.0, "f1": 1.0, "right": 1, "found": 1, "gold": 1,
    }  # fmt: skip
    people = postloan("address", "evaluate", tmp_path / "gold.txt", "--lang", "zh")
    assert "精确率" in people.out


def test_a_labelled_file_with_a_wrong_line_is_refused_with_its_number(postloan, tmp_path):
    (tmp_path / "gold.txt").write_text("杭 B-city\n州\n", "utf-8")
    ran = postloan("address", "evaluate", tmp_path / "gold.txt")
    assert ran.code == 2
    assert "line 2" in ran.err


def test_training_names_the_file_that_is_missing(postloan, tmp_path):
    (tmp_path / "train.txt").write_text("路 B-road\n", "utf-8")
    ran = postloan(
        "address", "train", "--data", tmp_path, "--places", tmp_path / "places.tgz", "--out", tmp_path / "out"
    )
    assert ran.code == 2
    assert "dev.txt" in ran.err
