from __future__ import annotations

import pyarrow.parquet as pq
import pytest

HOME = "浙江省杭州市西湖区文三路12号华星大厦3幢2单元501室"


@pytest.fixture
def lines(tmp_path):
    def write(name, *texts):
        path = tmp_path / name
        path.write_text("\n".join(texts) + "\n", "utf-8")
        return path

    return write


def test_two_addresses_are_compared_with_what_decides(postloan):
    ran = postloan("address", "compare", HOME, HOME.replace("501", "502"))
    assert ran.code == 0
    assert "same building" in ran.out
    assert "501室" in ran.out
    ran = postloan("address", "compare", HOME, "杭州文三路12号华星大厦3-2-501", "--json")
    found = ran.json()
    assert (found["level"], found["same"]) == ("unit", True)
    assert {e["element"] for e in found["evidence"]} >= {"road", "building", "room"}


def test_two_files_are_joined(postloan, lines, tmp_path):
    a = lines("a.txt", HOME, "四川省成都市武侯区人民南路四段12号")
    b = lines("b.txt", "黑龙江省哈尔滨市南岗区西大直街1号", "杭州文三路12号华星大厦3-2-501")
    ran = postloan("address", "match", a, b, tmp_path / "out.parquet", "--json")
    assert (ran.code, ran.json()["matched"]) == (0, 1)
    assert pq.read_table(tmp_path / "out.parquet").select(["row_a", "row_b", "same"]).to_pylist() == [
        {"row_a": 1, "row_b": 2, "same": "unit"}
    ]


def test_a_file_is_graded_with_the_question_to_ask(postloan, lines, tmp_path):
    source = lines("in.txt", HOME, "浙江省杭州市西湖区文三路", "")
    ran = postloan("address", "grade", source, tmp_path / "out.parquet", "--json")
    assert ran.json()["grades"] == {"A": 1, "B": 0, "C": 1, "D": 0, "E": 1}
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["grade"] for row in rows] == ["A", "C", "E"]
    assert rows[1]["question_zh"] == "请问是文三路多少号？"
    assert "exact to the door" in postloan("address", "grade", source, tmp_path / "out.parquet").out


@pytest.mark.parametrize("verb", ["match", "grade"])
def test_a_file_that_is_not_there_is_refused_in_one_line(postloan, tmp_path, verb):
    files = [tmp_path / "none.txt"] * (2 if verb == "match" else 1)
    ran = postloan("address", verb, *files, tmp_path / "out.parquet")
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_probability_that_cannot_be_is_refused(postloan, lines, tmp_path):
    a = lines("a.txt", HOME)
    ran = postloan("address", "match", a, a, tmp_path / "out.parquet", "--least", "7")
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
