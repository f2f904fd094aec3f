"""The mark by which a borrower finds out whether a letter is genuine; it says nothing of a debt.

It is the number of the letter and a short code that only the sender can make.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from postloan.kernel import PostloanError

_BYTES = 10
"""Eighty bits: nobody guesses them by asking a page."""


class NotGenuine(PostloanError):
    """This code belongs to no letter of ours: {why}.

    Do not pay, and ask the lender by a telephone number that you know.
    """

    zh = "该验证码不属于本机构的信函：{why}。请勿付款，并通过您已知的官方电话向贷款机构核实。"


def token(letter_no: str, key: bytes) -> str:
    """What the QR code of a letter carries: ``NUMBER.CODE``."""
    return f"{letter_no}.{_code(letter_no, key)}"


def letter_of(given: str, key: bytes) -> str:
    """The number of the letter that a token belongs to.

    Raises:
        NotGenuine: it was forged, altered or cut.
    """
    number, dot, code = given.strip().rpartition(".")
    if not dot or not number or not code.isascii():
        raise NotGenuine(why="it is no code of a letter 格式不符")
    if not hmac.compare_digest(code.upper(), _code(number, key)):
        raise NotGenuine(why="number and code do not go together 编号与校验码不符")
    return number


def _code(letter_no: str, key: bytes) -> str:
    made = hmac.digest(key, b"postloan letter\0" + letter_no.encode("utf-8"), hashlib.sha256)
    return base64.b32encode(made[:_BYTES]).decode("ascii")
