"""Passwords: hashed with Argon2id, never shown but once, made at random where nobody chose one."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

LEAST = 12
"""Fewest characters of a password that somebody chooses."""
_MOST = 1_000
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
_AT_ONCE = threading.Semaphore(2)  # each check takes 64 MiB
_HASHER = PasswordHasher()


def new_password() -> str:
    """Twenty random characters in groups of five: about 99 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """The Argon2id hash of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password: str, against: str) -> bool:
    """Whether a password gives a hash; takes as long where there is no hash to compare with."""
    known = bool(against) and len(password) <= _MOST
    try:
        with _AT_ONCE:
            _HASHER.verify(against if known else _nobody(), password[:_MOST])
    except (Argon2Error, InvalidHashError):
        return False
    return known


def outdated(against: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(against)


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))
