"""What happened and what is there, for readers: the report of a book, statistics of a register of notices."""

from postloan.outcomes.report import render_report
from postloan.outcomes.report_collect import collect
from postloan.outcomes.report_facts import BookFacts, ReportFacts

__all__ = ["BookFacts", "ReportFacts", "collect", "render_report"]
