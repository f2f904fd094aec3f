"""The closed lists of the rule book: units, kinds, force, confidence, precision; each word with its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from postloan.kernel import Lang

Plain = int | Decimal | date | time | bool | str | tuple[str, ...]
"""What a rule value can be; which of these follows from its unit."""


class Unit(StrEnum):
    """What a rule value counts or names. Whole numbers unless said otherwise."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"
    HOURS = "hours"
    MINUTES = "minutes"
    PERIODS = "periods"
    COUNT = "count"
    YUAN = "yuan"  # exact decimal
    RATE = "rate"  # exact decimal, 0.24 = 24 %
    DAY = "day"  # a calendar day
    TIME = "time"  # a time of day
    TERM = "term"  # one code
    TERMS = "terms"  # several codes
    FLAG = "flag"  # true or false


class Kind(StrEnum):
    """What sort of rule it is; code knows kinds, data knows numbers."""

    THRESHOLD = "threshold"
    FLOOR = "floor"
    WINDOW = "window"
    CAP = "cap"
    PROHIBITION = "prohibition"
    REVIEW = "review"
    CHECKLIST = "checklist"
    CLOCK = "clock"
    EXCLUSION = "exclusion"
    SCOPE = "scope"
    WHO = "who"
    FEE = "fee"
    PRINCIPLE = "principle"
    CONTENT = "content"
    FREEZE = "freeze"
    RETENTION = "retention"
    EFFECT = "effect"


class Force(StrEnum):
    """What stands behind a rule."""

    LAW = "law"
    RULE = "rule"
    STANDARD = "standard"
    SELF_REGULATION = "self-regulation"
    HOUSE = "house"


class Confidence(StrEnum):
    """How well a rule's text is known."""

    PRIMARY = "V"
    SECONDARY = "V2"
    KNOWLEDGE = "M"
    UNCERTAIN = "m"
    DESIGN = "D"
    PRESS = "S"


class Precision(StrEnum):
    """How exactly a first day is known; the first day of the month or year stands for it."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


Words = Mapping[str, Mapping[Lang, str]]

MEANINGS: Mapping[type[StrEnum], Words] = MappingProxyType(
    {
        Unit: {
            Unit.DAYS: {"en": "days", "zh": "天"},
            Unit.WORKING_DAYS: {"en": "working days", "zh": "个工作日"},
            Unit.MONTHS: {"en": "months", "zh": "个月"},
            Unit.YEARS: {"en": "years", "zh": "年"},
            Unit.HOURS: {"en": "hours", "zh": "小时"},
            Unit.MINUTES: {"en": "minutes", "zh": "分钟"},
            Unit.PERIODS: {"en": "repayment periods", "zh": "个还款期"},
            Unit.COUNT: {"en": "times", "zh": "次"},
            Unit.YUAN: {"en": "yuan", "zh": "元"},
            Unit.RATE: {"en": "rate", "zh": "比率"},
            Unit.DAY: {"en": "calendar day", "zh": "日期"},
            Unit.TIME: {"en": "time of day", "zh": "时刻"},
            Unit.TERM: {"en": "code", "zh": "代码"},
            Unit.TERMS: {"en": "codes", "zh": "代码列表"},
            Unit.FLAG: {"en": "yes or no", "zh": "是或否"},
        },
        Kind: {
            Kind.THRESHOLD: {"en": "threshold", "zh": "门槛"},
            Kind.FLOOR: {"en": "floor", "zh": "下限"},
            Kind.WINDOW: {"en": "window", "zh": "期间"},
            Kind.CAP: {"en": "cap", "zh": "上限"},
            Kind.PROHIBITION: {"en": "prohibition", "zh": "禁止"},
            Kind.REVIEW: {"en": "for a person to decide", "zh": "人工复核"},
            Kind.CHECKLIST: {"en": "checklist", "zh": "清单"},
            Kind.CLOCK: {"en": "deadline", "zh": "期限"},
            Kind.EXCLUSION: {"en": "exclusion", "zh": "除外"},
            Kind.SCOPE: {"en": "scope", "zh": "范围"},
            Kind.WHO: {"en": "who may", "zh": "主体"},
            Kind.FEE: {"en": "fee", "zh": "费用"},
            Kind.PRINCIPLE: {"en": "principle", "zh": "原则"},
            Kind.CONTENT: {"en": "content", "zh": "内容"},
            Kind.FREEZE: {"en": "freeze", "zh": "冻结"},
            Kind.RETENTION: {"en": "retention", "zh": "保存"},
            Kind.EFFECT: {"en": "legal effect", "zh": "法律效力"},
        },
        Force: {
            Force.LAW: {"en": "law", "zh": "法律"},
            Force.RULE: {"en": "rule of a regulator", "zh": "监管规定"},
            Force.STANDARD: {"en": "standard", "zh": "标准"},
            Force.SELF_REGULATION: {
                "en": "self-regulation or platform rule",
                "zh": "行业自律或平台规则",
            },
            Force.HOUSE: {"en": "house rule of postloan", "zh": "postloan 内部规则"},
        },
        Confidence: {
            Confidence.PRIMARY: {"en": "read in the primary text", "zh": "已读原文"},
            Confidence.SECONDARY: {"en": "read in a secondary source", "zh": "见于二手来源"},
            Confidence.KNOWLEDGE: {
                "en": "general professional knowledge, not checked",
                "zh": "行业常识，未核实",
            },
            Confidence.UNCERTAIN: {"en": "uncertain", "zh": "不确定"},
            Confidence.DESIGN: {"en": "design choice", "zh": "设计选择"},
            Confidence.PRESS: {"en": "claim of the press", "zh": "媒体说法"},
        },
        Precision: {
            Precision.DAY: {"en": "to the day", "zh": "精确到日"},
            Precision.MONTH: {
                "en": "only the month is known; its first day stands for it",
                "zh": "仅知月份，以当月首日代之",
            },
            Precision.YEAR: {
                "en": "only the year is known; its first day stands for it",
                "zh": "仅知年份，以当年首日代之",
            },
        },
    }
)
"""Every word of the closed lists in English and Chinese."""


def meaning(word: StrEnum, lang: Lang = "en") -> str:
    """What a word of the closed lists means."""
    return MEANINGS[type(word)][word][lang]
