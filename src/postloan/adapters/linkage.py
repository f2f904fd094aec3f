"""Splink on DuckDB behind ``people.linking.PairFinder``: likely pairs of records with how each field agrees."""

from __future__ import annotations

import logging
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from postloan.kernel import InputError
from postloan.people.linking import COMPARED, DOUBTFUL, LOOKED_AT, Compared, chance_agreement

MEMORY_MB = 1_500


def find_pairs(records: pa.Table) -> pa.Table:
    """Pairs of records that may be one person; see ``PairFinder``.

    Raises:
        InputError: Splink is not installed.
    """
    try:
        import duckdb
        from splink import DuckDBAPI, Linker, SettingsCreator
    except ModuleNotFoundError as error:
        mend = "Install it with: pip install 'postloan[link]'."
        raise InputError(
            what=f"{error.name} is not installed", where="linking of people", mend=mend
        ) from error
    logging.getLogger("splink").setLevel(logging.ERROR)
    chance = chance_agreement(records)
    with tempfile.TemporaryDirectory(prefix="postloan-link-") as name:
        folder = Path(name)
        config: dict[str, Any] = {
            "memory_limit": f"{MEMORY_MB}MB",
            "temp_directory": str(folder / "spill"),
        }
        database = duckdb.connect(str(folder / "link.duckdb"), config=config)
        try:
            database.execute("SET enable_progress_bar = false")
            api = DuckDBAPI(connection=database)
            settings = SettingsCreator(**_settings(records.num_rows, chance))
            linker = Linker(api.register(records), settings, log_level=logging.ERROR)
            found = linker.inference.predict(threshold_match_probability=DOUBTFUL)
            levels = ", ".join(_level_sql(compared, chance[compared.field]) for compared in COMPARED)
            return database.sql(
                f"SELECT record_id_l AS record_l, record_id_r AS record_r, match_probability AS probability, {levels}"
                f" FROM {found.physical_name} ORDER BY record_l, record_r"
            ).to_arrow_table()
        finally:
            database.close()


def _level_sql(compared: Compared, u: tuple[float, ...]) -> str:
    """Which level of a field a match weight (log2 of m over u) stands for; the weight is all that Splink keeps."""
    cases = " ".join(
        f"WHEN abs(mw_{compared.field} - {math.log2(level.m / chance)!r}) < 0.000001 THEN {at}"
        for at, (level, chance) in enumerate(zip(compared.levels, u, strict=True))
    )
    return f"CASE {cases} ELSE -1 END AS level_{compared.field}"


def _settings(count: int, chance: Mapping[str, tuple[float, ...]]) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_id",
        # a record without a valid number has about one other of the same person among all
        "probability_two_random_records_match": 1 / max(count, 10),
        "comparisons": [_comparison(compared, chance[compared.field]) for compared in COMPARED],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in LOOKED_AT
        ],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
    }


def _comparison(compared: Compared, u: tuple[float, ...]) -> dict[str, Any]:
    field = compared.field
    unknown = f'"{field}_l" IS NULL OR "{field}_r" IS NULL'
    levels: list[dict[str, Any]] = [
        {"sql_condition": unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    levels += [
        {
            "sql_condition": level.sql or "ELSE",
            "label_for_charts": level.name,
            "m_probability": level.m,
            "u_probability": share,
        }
        for level, share in zip(compared.levels, u, strict=True)
    ]
    return {"output_column_name": field, "comparison_levels": levels}
