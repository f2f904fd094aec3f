"""Whatever way a notice is laid out, broken, glued or widened, the same facts are read; noise is refused."""

from __future__ import annotations

import notice_texts as texts
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postloan.kernel import PostloanError
from postloan.market import read_notice, read_with_findings

_ALPHABET = "未偿本息总额(元):：;,.|\n \t0123456789亿万元约余笔户日年月至备注竞价关于公告第期—-/%"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts.facts(), st.sampled_from(texts.STYLES), st.integers(0, 2**32), st.booleans(),
    st.sampled_from([0.0, 0.1, 1.0]), st.sampled_from([0.0, 0.1, 0.3]),
)  # fmt: skip
def test_the_same_facts_are_read_whatever_the_layout(known, style, seed, shuffle, wide, blanks) -> None:
    text = texts.printed(known, style=style, seed=seed, shuffle=shuffle, wide=wide, blanks=blanks)
    record = read_notice(text, name="x").to_json()
    read = {key: record[key] for key in known.values}
    assert read == known.values, text


@settings(max_examples=60, deadline=None)
@given(texts.facts(), st.integers(0, 2**32), st.data())
def test_what_the_text_leaves_out_stays_null(known, seed, data) -> None:
    kept = data.draw(st.lists(st.sampled_from(known.fields), min_size=1, unique=True))
    less = texts.Facts(known.values, kept, known.title)
    text = texts.printed(less, style="colons", seed=seed, shuffle=False, wide=0, blanks=0)
    record = read_notice(text, name="x").to_json()
    silent = [key for key, value in record.items() if value is None]
    assert len(record) - len(silent) <= 5 + len(kept) + 6  # title, form, source, checks…


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(_ALPHABET), max_size=120))
def test_noise_is_read_or_refused_in_one_line_and_never_breaks(text: str) -> None:
    try:
        notice, _ = read_with_findings(text, name="noise")
    except PostloanError as error:
        refused = error.message("zh")
        assert "\n" not in refused
    else:
        assert type(notice).loads(notice.dumps()).to_json() == notice.to_json()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    try:
        read_with_findings(text, name="any")
    except PostloanError as refused:
        assert refused.exit_code == 2  # noqa: PT017


@pytest.mark.parametrize(
    "text", ["", "   \n", "今天天气很好。", "未偿本息总额是各方关注的焦点。", "某银行发布转让公告。"]
)
def test_a_text_without_table_or_label_is_one_clear_error(text: str) -> None:
    with pytest.raises(PostloanError, match="no disclosure table"):
        read_notice(text, name="x")
