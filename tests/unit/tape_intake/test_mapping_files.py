from __future__ import annotations

import pytest

from postloan.tape.expression import NotAnExpression, compile_expression, names_in
from postloan.tape.mapping import BadMapping, parse_mapping


def test_a_mapping_holds_headers_values_and_expressions():
    mapping = parse_mapping(
        'cutoff_on: 2025-06-30\nloans:\n  loan_id: ID\n  product: ="credit_card"\n'
        "  days_overdue: =max(PAY_0, 0) * 30\n  grade: {from: S, values: {A: loss}, else: normal}\n  branch: ~\n"
    )
    rules = mapping.parts["loans"][0].rules
    assert rules["loan_id"].header == "ID"
    assert rules["product"].constant
    assert rules["cutoff_on"].expression == '"2025-06-30"'
    assert rules["grade"].otherwise == "normal"
    assert rules["branch"].absent
    assert mapping.names == {"ID", "PAY_0", "S"}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("loans: [", 1, "not YAML"),
        ("", 1, "names no table"),
        ("loan:\n  a: b", 1, "unknown; known are loans"),
        ("loans:\n  loan_id: A\n  principle: B", 3, "no such field"),
        ("loans:\n  loan_id: A\n  loan_id: B", 3, "given twice"),
        ("loans:\n  principal: =A +", 2, "cannot be read"),
        ("loans:\n  grade: {values: {a: b}}", 2, "'from' is missing"),
        ("loans:\n  grade: {from: A, valeus: {a: b}}", 2, "'valeus' is unknown"),
        ("loans:\n  dates: YDM", 1, "order of dates"),
        ("loans:\n  principal: {from: A, times: x}", 2, "not a number"),
        ("borrowers: {from: clients, borrower_id: A}", 1, "no table 'clients'"),
        ("loans:\n  principal: [a]", 2, "is needed"),
        ("loans: 5", 1, "fields are needed"),
    ],
)
def test_a_malformed_mapping_is_refused_with_its_line(text, line, says):
    with pytest.raises(BadMapping, match=says) as error:
        parse_mapping(text, "m.yaml")
    assert str(error.value).startswith(f"m.yaml, line {line},")
    assert error.value.message("zh")


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "A.b", "[x for x in A]", "lambda: 1", "A[0]", "f'{A}'", "A := 1", "A ** 2", "A if B",
        "unknown(A)", "year(A, B)", "max(A, key=B)", "NOT_THERE + 1", "(" * 500 + "A" + ")" * 500, "1e400",
    ],
)  # fmt: skip
def test_nothing_but_the_small_language_is_let_through(text):
    with pytest.raises(NotAnExpression):
        compile_expression(text, {"A": "VARCHAR", "B": "VARCHAR"})


def test_text_in_an_expression_can_never_end_the_sql_string():
    assert "'x''; DROP TABLE loans; --'" in compile_expression('"x\'; DROP TABLE loans; --"', {}).text


def test_columns_with_signs_stand_in_backquotes():
    assert names_in("`default.payment.next.month` + 未偿本金") == {"default.payment.next.month", "未偿本金"}
