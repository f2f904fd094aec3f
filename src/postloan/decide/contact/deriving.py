"""Facts that follow from others: the time of day in every plausible zone, whom a caller passes for, what a template is.

Everything here only restates what was told; limits stand in the rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postloan.decide.contact.reading import NEVER, Facts, Told
from postloan.rules.events import events

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FAILED = frozenset({"returned_unknown", "returned_moved", "returned_unclear", "unclaimed"})
_CHANNELS: Mapping[str, str] = {
    "ai_call": "call",
    "locate_call": "call",
    "sms_transmit": "sms",
    "service_reminder": "sms",
    "lawyer_letter": "letter",
    "locate_letter": "letter",
}
_WRITTEN = ("sms", "letter")
_CONTENT = frozenset({"template", "text", "text_intent", "claims", "amount", "text_slots"})
_NO_CONSENT = re.compile(
    r"none|no|never|revoked|withdrawn|expired|bundled|general|implied|assumed|missing|refused|pending|oral|false|declined"
)
_OUR_NAMES = frozenset(
    {"self", "own", "own_name", "agency", "agent", "collector", "true", "true_name", "real_name"}
)


def derive(told: Told, day: date) -> list[Facts]:
    """The facts of an event with all that follows from them, once for each plausible local time.

    day: whose rules hold, for acts of which no day is given.
    """
    facts, odd = told.facts, told.odd
    kind = told.kind or ""
    _of_people(facts)
    _of_content(facts)
    _of_letters(facts, kind)
    _of_agreements(facts, odd)
    if kind == "refinance":
        facts.setdefault("date", day)
    moment = facts.get("t")
    promised = facts.get("ptp_date")
    if promised is not None:
        past = moment.date() if isinstance(moment, datetime) else moment or day
        facts["days_past_promise"] = NEVER if promised == NEVER else (past - promised).days
    return _at_every_time(facts, moment)


def local_times(facts: Facts, moment: datetime | date | None) -> list[datetime]:
    """The local times that are plausible; none where no time of day is known. Sets what is known of zones."""
    zones = facts.get("tz_candidates")
    if not isinstance(moment, datetime):
        return []
    facts["zone_in_doubt"] = zones is not None
    if zones is None:
        return [moment]
    known = [zone for zone in map(_zone, zones) if zone is not None]
    facts["zone_known"] = bool(known) and len(known) == len(zones)
    instant = moment if moment.tzinfo else moment.replace(tzinfo=_zone(events().zone))
    return [instant.astimezone(zone) for zone in known]


def set_clock(facts: Facts, local: datetime) -> None:
    """Sets what follows from a local time."""
    facts["clock"] = local.hour * 3600 + local.minute * 60 + local.second
    facts["weekday"] = WEEKDAYS[local.weekday()]
    facts["calendar_day"] = local.date().isoformat()


def _at_every_time(facts: Facts, moment: datetime | date | None) -> list[Facts]:
    queued = facts.get("queued_at")
    if isinstance(queued, datetime) and isinstance(moment, datetime):
        same = (queued.tzinfo is None) == (moment.tzinfo is None)
        first, last = (queued, moment) if same else (queued.replace(tzinfo=None), moment.replace(tzinfo=None))
        if last >= first:  # a clock that goes backwards tells nothing
            facts["queue_minutes"] = (last - first).total_seconds() / 60
    if isinstance(moment, date) and not isinstance(moment, datetime):
        facts["calendar_day"], facts["weekday"] = moment.isoformat(), WEEKDAYS[moment.weekday()]
    times = local_times(facts, moment)
    if len(times) <= 1:
        if times:
            set_clock(facts, times[0])
        return [facts]
    made = []
    for local in times:
        variant = dict(facts)
        set_clock(variant, local)
        made.append(variant)
    return made


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _of_people(facts: Facts) -> None:
    refused = facts.get("refused_on")
    if refused is not None:
        facts["has_refused"] = not _says_none(refused)
    if "contact_named_by_debtor" in facts and "origin" not in facts:
        facts["origin"] = "named_by_debtor" if facts["contact_named_by_debtor"] else "unknown"
    agency, actor = facts.get("agency"), facts.get("actor")
    if agency is not None:
        facts["has_agency"] = not _says_none(agency)
    elif actor is not None:
        facts["has_agency"] = actor == "agency" or (None if actor == "ai" else False)
        if facts["has_agency"] is None:
            del facts["has_agency"]
    if "self_name" in facts:
        facts["poses_as"] = _poses_as(str(facts["self_name"]), agency, facts.get("has_agency"), actor)


@lru_cache(maxsize=4096)
def _poses_as(name: str, agency: Any, has_agency: bool | None, actor: str | None) -> str:
    called = _plain(name)
    if called in _OUR_NAMES:
        return "self"
    foreign = bool(has_agency) or actor in ("buyer", "credit_purchaser", "servicer")
    if agency is not None and not _says_none(agency):
        return (
            "self"
            if _plain(str(agency)) in called
            else "lender"
            if called in ("lender", "bank")
            else "another"
        )
    if foreign:
        return "lender" if called in ("lender", "bank") else "self"
    return "self"


def _of_content(facts: Facts) -> None:
    if "template" in facts:
        facts["template_family"] = _family(str(facts["template"]))
    if not _CONTENT.isdisjoint(facts):
        facts["content_known"] = True
    slots = facts.get("text_slots")
    if slots is not None:
        facts["text_slots"] = tuple(slot.lower() for slot in slots)


@cache
def _family(template: str) -> str:
    name = re.sub(r"[^\w]+|_", "_", template.strip().lower())
    if not name.strip("_"):
        return "free"
    for family, words in events().templates.items():
        if family == "free":
            if name in words or any(name.startswith(f"{word}_") for word in words):
                return family
        elif any(word in name for word in words):
            return family
    return "approved"


def _of_letters(facts: Facts, kind: str) -> None:
    outcomes = facts.get("address_outcomes")
    if outcomes is not None:
        facts["failed_letters"] = sum(outcome in FAILED for outcome in outcomes)
    closed = facts.get("optout")
    if closed is not None:
        channel = _CHANNELS.get(kind, kind)
        facts["opted_out"] = "all" in closed or channel in closed
        others = [one for one in _WRITTEN if one != channel]
        facts["last_written"] = channel == "letter" and (
            "all" in closed or all(one in closed for one in others)
        )
    if facts.get("outcome") == "returned" and "reason" in facts:
        facts["outcome"] = _returned(str(facts["reason"]))


def _returned(reason: str) -> str:
    """The outcome that the carrier's reason of a return means."""
    for outcome, words in (
        ("refused", ("refus", "拒")),
        ("returned_moved", ("moved", "迁移")),
        ("returned_unclear", ("unclear", "wrong", "不详", "not_found")),
        ("returned_unknown", ("unknown", "not_known", "查无此人", "无此人")),
        ("unclaimed", ("unclaimed", "未领")),
    ):
        if any(word in _plain(reason) for word in words):
            return outcome
    return "returned"


def _of_agreements(facts: Facts, odd: Mapping[str, object]) -> None:
    for name, whether in (("consent", "has_consent"), ("mandate", "has_mandate")):
        given = facts.get(name)
        if given is not None:
            facts[whether] = given if isinstance(given, bool) else not _refused(given)
    if facts.get("by") == "person":
        named = [
            facts.get("reason"),
            facts.get("mandate"),
            facts.get("basis"),
            odd.get("basis"),
            facts.get("docs"),
        ]
        named += [facts.get("evidence"), odd.get("evidence"), odd.get("by")]
        facts["authority"] = any(one and not _refused(str(one)) for one in named)
    rate, lpr = facts.get("rate"), facts.get("lpr")
    if rate is not None and lpr:
        facts["rate_in_lpr"] = rate / lpr


def _refused(given: str) -> bool:
    """Whether an agreement that is named is none: revoked, general, not given."""
    words = re.split(r"[^a-z]+", given.lower())
    return (
        not given.strip()
        or any(word and _NO_CONSENT.fullmatch(word) for word in words)
        or given.strip() == "无"
    )


def _says_none(given: Any) -> bool:
    return (
        given is False
        or given == NEVER
        or (isinstance(given, str) and _plain(given) in ("none", "never", "no", ""))
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")
