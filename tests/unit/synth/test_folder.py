from __future__ import annotations

import json

import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from postloan.synth import LABEL, plant_faults, synthesize, truth_folder, write_tape
from postloan.synth.folder import NotOurs
from postloan.synth.tape import TAPE


@pytest.fixture
def made(small):
    return synthesize(small, seed=4)


def test_the_truth_lies_beside_the_tape_and_not_in_it(made, tmp_path):
    write_tape(made, tmp_path / "tape")

    names = {path.name for path in (tmp_path / "tape").iterdir()}
    assert names - {"packages.yaml"} == {LABEL, *(f"{name}.parquet" for name in made.tape)}
    assert set(made.tape) == set(TAPE) - {"collateral"}, "the package has no mortgage"
    assert {path.name for path in truth_folder(tmp_path / "tape").iterdir()} == {
        LABEL, "persons.parquet", "homes.parquet",
    }  # fmt: skip


def test_a_folder_says_that_it_is_synthetic_and_of_what(made, tmp_path):
    write_tape(made, tmp_path / "tape")

    label = json.loads((tmp_path / "tape" / LABEL).read_text(encoding="utf-8"))
    assert label["synthetic"] is True
    assert (label["seed"], label["notice"]) == (4, "small")
    assert label["says"]["zh"].startswith("合成数据")


def test_files_hold_the_tables(made, tmp_path):
    write_tape(made, tmp_path / "tape")

    assert pq.read_table(tmp_path / "tape" / "loans.parquet").equals(made.tape["loans"])


def test_chinese_headers_and_terms_as_sellers_write_them(made, tmp_path):
    write_tape(made, tmp_path / "tape", format="csv", headers="zh")

    loans = pcsv.read_csv(tmp_path / "tape" / "loans.csv")
    assert {"借据号", "未偿本金", "五级分类", "是否核销"} <= set(loans.column_names)
    assert set(loans["五级分类"].unique().to_pylist()) == {"损失", "可疑", "次级"}
    assert set(loans["是否核销"].unique().to_pylist()) == {"是", "否"}


def test_a_faulty_tape_is_written_with_its_faults_in_the_truth(made, tmp_path):
    write_tape(plant_faults(made, seed=4), tmp_path / "tape", format="csv")

    assert pq.read_table(tmp_path / "tape-truth" / "faults.parquet").num_rows == 50
    assert "faults" not in {path.stem for path in (tmp_path / "tape").iterdir()}


def test_a_workbook_opens_with_the_same_rows(made, tmp_path):
    import fastexcel

    write_tape(made, tmp_path / "tape", format="xlsx")

    sheet = fastexcel.read_excel(tmp_path / "tape" / "loans.xlsx").load_sheet(0)
    assert sheet.height == made.tape["loans"].num_rows


def test_a_synthetic_tape_is_replaced_and_anything_else_is_left_alone(made, tmp_path):
    write_tape(made, tmp_path / "tape")
    write_tape(made, tmp_path / "tape", format="csv")
    assert not (tmp_path / "tape" / "loans.parquet").exists()

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(NotOurs, match="mine"):
        write_tape(made, tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "tape", "tape-truth"]
