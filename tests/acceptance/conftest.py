from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from postloan import cli
from postloan.synth import package_notice, synthesize, write_tape

SMALL = {
    "seller": "甲消费金融有限公司",
    "seller_type": "消费金融公司",
    "product": "个人消费贷款",
    "period": "2026年第2期",
    "total": 9_876_543.21,
    "loans": 300,
    "borrowers": 220,
    "weighted_overdue_days": 512.34,
    "weighted_age": 38.91,
    "max_borrower": 199_999.99,
    "cutoff_date": "2026-06-30",
    "published": "2026-07-20",
    "five_class": {"次级": 20, "可疑": 30, "损失": 250},
    "litigation": {"未诉": 280, "诉讼中": 15, "终本执行": 5},
    "guarantee": {"信用": 300},
    "written_off": 100,
}


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.strip()]

    def json(self) -> dict:
        return json.loads(self.out)


@pytest.fixture
def postloan(capsys, monkeypatch):
    """Runs a command in this process, as ``main`` does."""
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = cli._run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def small_notice() -> dict:
    """The facts of an invented notice, with every key of a notice."""
    return (
        dict.fromkeys(package_notice("ant-2025-1")) | SMALL | {"id": "small", "tolerance": {}, "source": {}}
    )


@pytest.fixture(scope="session")
def small_tape(tmp_path_factory, small_notice) -> Path:
    """A synthetic tape of 300 loans."""
    folder = tmp_path_factory.mktemp("tapes") / "small"
    write_tape(synthesize(small_notice, seed=7), folder)
    return folder
