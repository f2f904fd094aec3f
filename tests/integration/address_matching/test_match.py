from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from postloan.adapters.address_match import match_files
from postloan.adapters.addresses import NoAddresses
from postloan.address.comparing.keys import keys_of
from postloan.address.comparing.signatures import signatures
from postloan.address.matching import Options
from postloan.kernel import InputError

A = [
    "浙江省杭州市西湖区文三路12号华星大厦3幢2单元501室",
    "四川省成都市武侯区人民南路四段12号",
    "",
    "江苏省苏州市昆山市阳光花园5幢302室",
    "江苏省苏州市昆山市阳光花园5幢303室",
]
B = [
    "昆山市阳光花园五号楼303",
    "杭州西湖区文三路12号华星大厦3-2-501",
    "黑龙江省哈尔滨市南岗区西大直街1号",
    "苏州昆山市阳光花园5栋302",
    "",
]


@pytest.fixture
def joined(tmp_path):
    def join(a, b, **options):
        for name, texts in (("a.txt", a), ("b.txt", b)):
            (tmp_path / name).write_text("\n".join(texts) + "\n", "utf-8")
        done = match_files(
            tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "out.parquet", Options(**options)
        )
        return done, pq.read_table(tmp_path / "out.parquet").to_pylist()

    return join


@pytest.mark.parametrize("one_to_one", [False, True])
def test_every_address_finds_its_other_writing_and_no_other(joined, one_to_one):
    done, rows = joined(A, B, one_to_one=one_to_one)
    assert [(row["row_a"], row["row_b"]) for row in rows] == [(1, 2), (4, 4), (5, 1)]
    assert {row["same"] for row in rows} == {"unit"}
    assert (done.rows_a, done.rows_b, done.texts, done.matched) == (5, 5, 8, 3)


def test_a_row_says_what_decided(joined):
    _, rows = joined(A, B)
    assert "room:same" in rows[0]["deciding"]
    assert rows[0]["probability"] > 0.9


def test_one_to_one_gives_each_row_away_once_and_the_likeliest_first(joined):
    a = ["杭州市西湖区文三路12号", "杭州市西湖区文三路12号3幢", "杭州市西湖区文三路12号3幢"]
    b = ["杭州市西湖区文三路12号3幢", "杭州市西湖区文三路12号3幢"]
    _, rows = joined(a, b, one_to_one=True)
    assert [(row["row_a"], row["row_b"]) for row in rows] == [(2, 1), (3, 2)]
    _, rows = joined(a, b)
    assert [row["row_a"] for row in rows] == [1, 2, 3]


def test_ten_thousand_addresses_of_one_compound_meet_by_their_rooms(joined):
    a = [f"昆山市阳光花园{n // 500 + 1}幢{n // 250 % 2 + 1}单元{n % 250 + 101}室" for n in range(10_000)]
    b = [text.replace("幢", "-").replace("单元", "-").replace("室", "") for text in a]
    done, rows = joined(a, b[::-1])
    assert done.pairs < 40 * len(a)
    assert done.blocks_too_large > 0
    right = sum(row["row_a"] + row["row_b"] == len(a) + 1 for row in rows)
    assert right >= 0.99 * len(a)
    assert right >= 0.99 * len(rows)


def test_ten_thousand_equal_texts_are_read_once(joined):
    done, rows = joined(["昆山市阳光花园5幢302室"] * 10_000, ["昆山市阳光花园5幢302室"] * 10_000)
    assert (done.texts, done.pairs, len(rows)) == (1, 1, 10_000)
    done, rows = joined(["昆山市阳光花园5幢302室"] * 30, ["昆山市阳光花园5栋302"] * 20, one_to_one=True)
    assert len(rows) == len({row["row_b"] for row in rows}) == 20


def test_a_file_with_itself_finds_every_row_itself(joined):
    texts = [text for text in A + B if text]
    _, rows = joined(texts, texts)
    assert [(row["row_a"], row["row_b"]) for row in rows] == [(n, n) for n in range(1, len(texts) + 1)]


def test_pairs_that_are_all_unlikely_leave_an_empty_file(joined):
    _, rows = joined(["杭州市西湖区文三路12号华星大厦3幢501室"], ["杭州市西湖区文三路12号华星大厦3幢502室"])
    assert rows == []


@pytest.mark.parametrize(("a", "b"), [([], []), ([""], ["", " "]), (["😀", "\x00", "?"], A)])
def test_files_that_say_nothing_match_nothing(joined, a, b):
    _, rows = joined(a, b)
    assert rows == []


def test_a_county_that_is_not_named_is_as_likely_any_of_those_found(joined):
    towns = ["浙江省杭州市西湖区", "江苏省苏州市吴中区", "四川省成都市武侯区", "湖南省长沙市岳麓区"]
    _, rows = joined(["学院路12号"], [f"{town}学院路12号" for town in towns], least=0)
    assert rows[0]["probability"] < 0.3
    _, rows = joined(["学院路12号"], ["浙江省杭州市西湖区学院路12号"])
    assert rows[0]["probability"] > 0.5


def test_several_processes_find_what_one_finds(tmp_path, monkeypatch):
    monkeypatch.setattr("postloan.adapters.address_match._WORTH_IT", 1)
    monkeypatch.setattr("postloan.adapters.address_match._CHUNK", 2)
    for name, texts in (("a.txt", A), ("b.txt", B)):
        (tmp_path / name).write_text("\n".join(texts) + "\n", "utf-8")
    for processes in (1, 2):
        match_files(
            tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / f"{processes}.parquet", processes=processes
        )
    one, two = (pq.read_table(tmp_path / f"{n}.parquet").to_pylist() for n in (1, 2))
    assert one == two


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")
def test_readers_end_when_the_match_is_killed(tmp_path):
    script = tmp_path / "match.py"
    script.write_text(
        "import os, time\n"
        "from postloan.adapters import address_match\n"
        "if __name__ == '__main__':\n"
        "    with address_match._reader(10**6, 2) as read:\n"
        "        read(['杭州市'])\n"
        "        import multiprocessing\n"
        "        print(*[child.pid for child in multiprocessing.active_children()], flush=True)\n"
        "        time.sleep(600)\n",
        "utf-8",
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as ran:
        readers = [int(word) for word in ran.stdout.readline().split()]
        ran.kill()
    assert readers
    until = time.monotonic() + 20
    while time.monotonic() < until and any(Path(f"/proc/{pid}").exists() for pid in readers):
        time.sleep(0.1)
    assert not [pid for pid in readers if Path(f"/proc/{pid}").exists()]


def test_the_same_address_in_other_words_shares_a_key():
    rows, keys = keys_of(signatures([A[0], B[1], B[2], ""]))
    by_row = [set(keys[rows == row].tolist()) for row in range(4)]
    assert by_row[0] & by_row[1]
    assert not by_row[0] & by_row[2]
    assert by_row[3] == set()


def test_a_name_that_many_have_is_no_slip_for_another_that_many_have(joined):
    a = [f"昆山市同德街{n}号" for n in range(1, 6)]
    b = [f"昆山市明德街{n}号" for n in range(1, 6)]
    assert joined(a, b)[1] == []
    assert [row["row_a"] for row in joined(a, b[:1])[1]] == [1]


def test_an_option_that_cannot_be_and_a_file_that_is_not_there_are_refused(joined, tmp_path):
    with pytest.raises(InputError):
        joined(A, B, least=2)
    with pytest.raises(InputError):
        joined(A, B, most=0)
    with pytest.raises(NoAddresses):
        match_files(tmp_path / "none.txt", tmp_path / "none.txt", tmp_path / "out.parquet")
