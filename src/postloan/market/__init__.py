"""Packages for sale: what they disclose, and the notices (公告) in which it is published, read and written."""

from postloan.market.notice import KEYS, WHOLE, Notice
from postloan.market.notice_faults import BadNotice, NotANotice

__all__ = ["KEYS", "WHOLE", "BadNotice", "NotANotice", "Notice"]
