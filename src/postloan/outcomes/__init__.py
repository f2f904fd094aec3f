"""What happened and what is there, for readers: the report of a book, statistics of a register of notices."""

from postloan.outcomes.market_statistics import MarketStatistics, market_statistics
from postloan.outcomes.register import NoNotices, Register, make_register, read_register
from postloan.outcomes.report import render_report
from postloan.outcomes.report_collect import collect
from postloan.outcomes.report_facts import BookFacts, ReportFacts
from postloan.outcomes.statistics_page import render_statistics, said, sheets, statistics_json

__all__ = [
    "BookFacts", "MarketStatistics", "NoNotices", "Register", "ReportFacts", "collect", "make_register",
    "market_statistics", "read_register", "render_report", "render_statistics", "said", "sheets", "statistics_json",
]  # fmt: skip
