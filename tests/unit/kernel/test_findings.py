from importlib.resources import files

import pytest
import yaml

from postloan.kernel.findings import Finding, FindingKind, Severity, load_kinds


def _files() -> list[tuple[str, str]]:
    root = files("postloan")
    return [
        (f"postloan.{topic.name}", entry.name)
        for topic in root.iterdir()
        if topic.is_dir()
        for entry in topic.iterdir()
        if entry.name in {"findings.yaml", "intake.yaml", "package.yaml"}
    ]


def test_a_finding_speaks_both_languages_with_what_stands_there():
    kind = FindingKind(
        "T001",
        Severity.ERROR,
        {"en": "It says {found}, not {expected}.", "zh": "写的是{found}，应为{expected}。"},
        {"en": "Ask.", "zh": "请核对。"},
    )
    finding = Finding(kind, table="loans", row=3, key="L3", found="5", expected="7")
    assert finding.code == "T001"
    assert finding.says() == "It says 5, not 7."
    assert finding.says("zh") == "写的是5，应为7。"
    assert finding.mend("zh") == "请核对。"


def test_no_two_topics_use_one_code():
    codes = [code for package, file in _files() for code in load_kinds(package, file)]
    assert len(codes) == len(set(codes))
    assert codes


@pytest.mark.parametrize(("package", "file"), _files())
def test_every_kind_is_complete_in_both_languages(package, file):
    raw = yaml.safe_load((files(package) / file).read_text(encoding="utf-8"))
    for code, kind in load_kinds(package, file).items():
        assert code[0].isalpha()
        assert len(code) == 4
        assert code[1:].isdigit()
        assert set(raw[code]) >= {"severity", "en", "zh", "mend_en", "mend_zh"}
        for texts in (kind.says, kind.mend):
            assert texts["en"].endswith((".", "?"))
            assert texts["zh"].endswith(("。", "？"))
            assert any("\u4e00" <= letter <= "\u9fff" for letter in texts["zh"])
