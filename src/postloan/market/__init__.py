"""Packages for sale: what they disclose, and the notices (公告) that publish it, read and written."""

from postloan.market.notice import KEYS, Notice, key_texts
from postloan.market.notice_checks import checks_of, contradictions
from postloan.market.notice_faults import BadNotice, NotANotice
from postloan.market.reader import read_notice, read_with_findings
from postloan.market.writer import completed, typst_source, write_html
from postloan.market.writer_layout import Extra, layout

__all__ = [
    "KEYS", "BadNotice", "Extra", "NotANotice", "Notice", "checks_of", "completed", "contradictions", "key_texts",
    "layout", "read_notice", "read_with_findings", "typst_source", "write_html",
]  # fmt: skip
