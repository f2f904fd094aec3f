"""Letters that can be proved: what they say, where they are, and what they bring about in law (信函与到达)."""

from postloan.delivery.clocks import (
    Brought,
    Claim,
    Running,
    Sent,
    brought_about,
    expiring,
    limitation,
    queries,
)
from postloan.delivery.effects import Effect, effect_of
from postloan.delivery.tracking import Tracked, TrackingEvent, fold

__all__ = [
    "Brought", "Claim", "Effect", "Running", "Sent", "Tracked", "TrackingEvent", "brought_about", "effect_of",
    "expiring", "fold", "limitation", "queries",
]  # fmt: skip
