"""Personal data that shows as ●●● wherever it is printed, logged or formatted by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar, final

T = TypeVar("T")
U = TypeVar("U")

DOTS = "●●●"


@final
class Personal(Generic[T]):
    """A value about a person. ``repr``, ``str``, ``format`` and logs show ●●●; ``reveal`` names a purpose."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self, purpose: str) -> T:
        """The value in clear, for a stated purpose.

        Raises:
            ValueError: the purpose is blank (a programming mistake).
        """
        if not purpose.strip():
            raise ValueError("personal data is revealed only for a stated purpose")
        return self._value

    def map(self, change: Callable[[T], U]) -> Personal[U]:
        """The changed value, still masked."""
        return Personal(change(self._value))

    def __repr__(self) -> str:
        return DOTS

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return DOTS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Personal, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("personal data is not pickled; store it through the records adapter")


def mask_name(name: str) -> str:
    """A name with only its first character left: 张●●."""
    return name[:1] + "●" * max(len(name) - 1, 1) if name else ""


def mask_number(number: str, *, head: int = 3, tail: int = 2) -> str:
    """An identity or telephone number with only its ends left: 138●●●●●●78. Short ones vanish whole."""
    if len(number) <= head + tail + 2:
        return "●" * len(number)
    return number[:head] + "●" * (len(number) - head - tail) + number[-tail:]


def mask_address(text: str, *, keep: int = 6) -> str:
    """An address with only its beginning (usually province and city) left; a short one vanishes whole."""
    return text[:keep] + DOTS if len(text) >= 2 * keep else DOTS if text else ""


def mask_text(text: str) -> str:
    """A personal value of any sort: a number keeps its ends, an address at most its beginning, a short one nothing."""
    digits = sum(ch.isdigit() for ch in text)
    if "@" in text:
        name, _, host = text.partition("@")
        return f"{name[:1]}{DOTS}@{DOTS}" if name and host else DOTS
    return mask_number(text) if text.isascii() and digits * 2 > len(text) else mask_address(text)
