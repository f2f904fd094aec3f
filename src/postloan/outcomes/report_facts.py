"""What a report says, as values: collected once, rendered in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from postloan.decide.hidden import SignSeen
from postloan.decide.summaries import Answered, GradeCell, Reason
from postloan.kernel import Lang
from postloan.market import Notice
from postloan.market.comparables import Comparable


@dataclass(frozen=True, slots=True)
class Whole:
    """The tape at a glance.

    loans: data rows. quarantined: rows put aside. total, quarantined_total: principal plus interest in yuan.
    first_cutoff, last_cutoff: earliest and latest cut-off date. lenders: how many sellers; lender: the first.
    """

    loans: int
    quarantined: int
    total: Decimal
    quarantined_total: Decimal
    first_cutoff: date | None
    last_cutoff: date | None
    lenders: int
    lender: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """One band of one dimension (分层) of the loans that were not quarantined.

    band: its number or name; 0 or '' where not stated. loans (笔数), borrowers (户数; one borrower may stand
    in several bands), principal (本金), total (本息) in yuan. share: of the total, 0 to 1. days: days
    overdue weighted by total, None where unknown.
    """

    band: int | str
    loans: int
    borrowers: int
    principal: Decimal
    total: Decimal
    share: float
    days: Decimal | None


@dataclass(frozen=True, slots=True)
class Clean:
    """The loans that were not quarantined, summed up.

    largest: the largest total owed by one borrower. days: overdue days weighted by total. age: borrowers'
    age weighted by total.
    """

    loans: int
    borrowers: int
    principal: Decimal
    total: Decimal
    largest: Decimal
    days: Decimal | None
    age: Decimal | None


@dataclass(frozen=True, slots=True)
class FindingCount:
    """One finding code on one field: exact number of rows, texts by language, examples.

    first: the first of its code, which links lead to.
    """

    code: str
    severity: str
    table: str
    field: str
    rows: int
    quarantined: bool
    says: Mapping[Lang, str]
    mend: Mapping[Lang, str]
    samples: tuple[Sample, ...]
    first: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """One finding as an example; personal data is already masked."""

    row: int | None
    key: str
    found: str
    expected: str
    source: str


@dataclass(frozen=True, slots=True)
class FieldScore:
    """How good one field of one table is: filled, valid and faulty rows; score 0 to 1."""

    table: str
    field: str
    rows: int
    filled: int
    faulty: int
    score: float


@dataclass(frozen=True, slots=True)
class RuleNote:
    """What a rule id means, for readers; texts by language.

    rule: the id as decisions name it. says: the rule in a sentence. force: what kind of rule it is.
    values: name, value with unit, first day and source of what held on the day. confirmed: somebody has
    compared it with the primary text.
    """

    rule: str
    says: Mapping[Lang, str]
    force: Mapping[Lang, str]
    values: tuple[RuleValueNote, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class RuleValueNote:
    """One value of a rule as it held on the day, for readers."""

    says: Mapping[Lang, str]
    value: Mapping[Lang, str]
    since: date
    source_en: str
    source_zh: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file the report rests on."""

    name: str
    sha256: str = ""
    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What the run says of itself (book.json).

    title: what the tape is called. on: the day the decisions are made for. synthetic: no real person in it.
    rule_book: version hash. timings: seconds by stage.
    """

    title: str = ""
    on: date | None = None
    synthetic: bool = False
    rule_book: str = ""
    version: str = ""
    seed: int | None = None
    sources: tuple[SourceFile, ...] = ()
    timings: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ReachSeen:
    """Where letters are expected to arrive.

    borrowers, persons, places: how many. without: borrowers without a place that may be used. first: expected share
    reached by the first letter, all: by the letters planned, 0 to 1. letters: planned. cost: expected, yuan.
    to_review: pairs of borrowers for a person's eye. bands: (lower edge of the chance at the best place, borrowers).
    """

    borrowers: int
    persons: int
    places: int
    without: int
    first: float
    all: float
    letters: int
    cost: float
    to_review: int
    bands: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything that a report says; ``render_report`` only puts it into words and pictures.

    strata: by dimension (overdue, balance, age, region, litigation, guarantee, product, originated).
    first_year: the year of the first origination band. packages: name → notice. computed: package → grade
    computed by the rules → loans. alerts: signs of hidden non-performing loans, None where the tape has no table
    that could show one. reach: where letters arrive, None where nobody asked. missing: stages not run.
    """

    book: BookFacts
    whole: Whole
    clean: Clean
    strata: Mapping[str, tuple[Stratum, ...]]
    first_year: int
    findings: tuple[FindingCount, ...] = ()
    fields: tuple[FieldScore, ...] = ()
    score: float | None = None
    grades: tuple[GradeCell, ...] = ()
    grade_reasons: tuple[Reason, ...] = ()
    alerts: tuple[SignSeen, ...] | None = None
    reach: ReachSeen | None = None
    answers: tuple[Answered, ...] = ()
    refusals: tuple[Reason, ...] = ()
    packages: Mapping[str, Notice] = field(default_factory=dict)
    computed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    comparables: tuple[Comparable, ...] = ()
    rules: Mapping[str, RuleNote] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
