"""Facts and rules make an answer with reasons: the five-class grade, and whether a loan may be sold."""

from postloan.decide import observation, parties, summaries
from postloan.decide.answers import Answer, Decision, Grade
from postloan.decide.grading import LoanFacts, classify, grade, grade_findings, grade_query
from postloan.decide.sale import Sale, judge_sale
from postloan.decide.selling import (
    SaleFacts,
    eligibility,
    eligibility_findings,
    eligibility_query,
    may_sell,
)

__all__ = [
    "Answer", "Decision", "Grade", "LoanFacts", "Sale", "SaleFacts", "classify", "eligibility",
    "eligibility_findings", "eligibility_query", "grade", "grade_findings", "grade_query", "judge_sale", "may_sell",
    "observation", "parties", "summaries",
]  # fmt: skip
