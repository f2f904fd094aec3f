from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from postloan.adapters.files_whole import DiskFull
from postloan.adapters.tables import DuckDBEngine, EngineFailed, UnreadableTable


@pytest.fixture
def engine():
    with DuckDBEngine(memory_mb=300, threads=2) as engine:
        yield engine


def test_a_name_can_change_from_view_to_table_and_back(engine):
    engine.register("a", pa.table({"x": [1, 2, 3]}))
    engine.view("b", "SELECT x + 1 AS y FROM a")
    engine.table("b", "SELECT y FROM b")
    assert engine.rows("SELECT SUM(y) FROM b") == [(9,)]
    engine.view("b", "SELECT x AS z FROM a")
    assert engine.columns("b") == {"z": "BIGINT"}
    engine.drop("b")
    engine.drop("b")
    with pytest.raises(EngineFailed, match="b"):
        engine.rows("SELECT * FROM b")


def test_a_result_is_written_whole_and_read_back(engine, tmp_path):
    path = tmp_path / "t.parquet"
    assert engine.write("SELECT CAST(1.10 AS DECIMAL(18,2)) AS a", path) == 1
    assert pq.read_table(path).schema.field("a").type == pa.decimal128(18, 2)
    engine.parquet("t", path)
    assert engine.rows("SELECT COUNT(*) FROM t") == [(1,)]
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(engine, tmp_path):
    path = tmp_path / "t.parquet"
    path.write_bytes(b"old")
    with pytest.raises(EngineFailed):
        engine.write("SELECT CAST('x' AS INTEGER) AS a", path)
    with pytest.raises(ZeroDivisionError):
        engine.map_batches("SELECT 1 AS a", lambda batch: 1 // 0, pa.schema([("a", pa.int32())]), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


def test_a_batch_function_sees_every_row_once(engine, tmp_path):
    path = tmp_path / "t.parquet"
    schema = pa.schema([("n", pa.int64())])
    sizes = []

    def double(batch):
        sizes.append(batch.num_rows)
        return pa.RecordBatch.from_arrays([pa.array([2 * n.as_py() for n in batch["n"]])], schema=schema)

    count = engine.map_batches("SELECT i AS n FROM range(250000) AS r(i)", double, schema, path)
    assert count == sum(sizes) == 250_000
    assert len(sizes) > 1
    assert sum(pq.read_table(path)["n"].to_pylist()) == 2 * sum(range(250_000))


def test_a_file_that_is_no_table_is_one_clear_error(engine, tmp_path):
    path = tmp_path / "t.parquet"
    path.write_text("no parquet")
    with pytest.raises(UnreadableTable, match=r"t\.parquet cannot be read"):
        engine.parquet("t", path)


def test_a_full_disk_is_named_as_such(engine):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(DiskFull, match="Free some space"), engine._guard(full):
        full.write_bytes(b"x" * 10_000)


def test_the_private_folder_goes_with_the_engine():
    with DuckDBEngine() as engine:
        folder = engine._folder
        assert folder.exists()
    assert not folder.exists()
