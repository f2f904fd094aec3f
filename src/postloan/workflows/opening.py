"""Opening: a book is taken into the ledger, an account for each loan, its people encrypted, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postloan.kernel import Engine, Lang, Money, Personal, PostloanError, load_queries
from postloan.kernel.journal import Note
from postloan.kernel.personal import mask_name
from postloan.ledger import MoneyRules, Refused
from postloan.ledger.events import Event, happened
from postloan.ledger.store import Records, Writing
from postloan.ledger.store_people import Contact, Person
from postloan.ledger.store_records import NOBODY, Loan
from postloan.ledger.taking_over import open_account, opening_key, opening_of, same_loan
from postloan.rules import RuleBook, load_book
from postloan.workflows.book import read_book
from postloan.workflows.rule_books import keep_rules
from postloan.workflows.taking_in import TapeOptions, type_source
from postloan.workflows.told import flags_of, stop_contact
from postloan.workflows.tools import Tools

if TYPE_CHECKING:
    from pyarrow import Table

PAGE = 10_000
_SHOWN = 5
_PEOPLE_COLUMNS = ("borrower_id", "name", "id_number", "born_on", "employer")
_CONTACT_COLUMNS = ("borrower_id", "kind", "value", "role", "origin")
_ADDRESS_COLUMNS = ("borrower_id", "text", "source")
_NOTHING = {
    "grades": "SELECT CAST(NULL AS BIGINT) AS row, CAST(NULL AS VARCHAR) AS grade WHERE FALSE",
    "events": (
        "SELECT CAST(NULL AS VARCHAR) AS loan_id, CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS DATE) AS happened_on"
        " WHERE FALSE"
    ),
}
"""Tables that a book may lack."""


class BookContradicts(PostloanError):
    """{count} loans or people of {book} are in the store already and say something else there: {shown}.

    Nothing was changed. Correct the book, or book the difference in the ledger.
    """

    zh = "{book} 中有 {count} 笔贷款或借款人与库中已有内容不一致：{shown}。未作任何改动。请更正数据，或在账上另行调整。"


class BookRefused(PostloanError):
    """{count} loans of {book} cannot be taken into the ledger: {shown}.

    Nothing was changed. Correct them, and run the tape again.
    """

    zh = "{book} 中有 {count} 笔贷款无法建账：{shown}。未作任何改动。请更正后重新处理数据。"


class NoCutOff(PostloanError):
    """{book} has no cut-off date for the loan {loan}.

    Run `postloan run` with --cutoff, so that the balances have a day.
    """

    zh = "{book} 中贷款 {loan} 没有基准日。请用 --cutoff 重新执行 `postloan run`，以确定余额所属日期。"


@dataclass(frozen=True, slots=True)
class OpeningOptions:
    """What is opened.

    book: folder of a run. people: the tape it came from, for names and ways to reach people; None leaves these out.
    on: today. at: now, for the journal. actor: who opens. tape: how the tape is read. lang: of refusals.
    """

    book: Path
    on: date
    at: datetime
    actor: str
    people: Path | None = None
    tape: TapeOptions = TapeOptions()  # noqa: RUF009
    lang: Lang = "en"


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening came to.

    opened: accounts opened now. there: loans that were there already, with the same facts. quarantined: left out.
    without_rate: of the book's loans, those on which nothing accrues because no rate is known. owed: of all its loans,
    fees included. people, contacts: added now. held: stops on contact placed for what the tape tells of people.
    """

    opened: int
    there: int
    quarantined: int
    without_rate: int
    owed: Money
    people: int
    contacts: int
    held: int = 0


def open_book(options: OpeningOptions, tools: Tools, records: Records) -> Opened:
    """Open an account for each loan of a book that is not in quarantine; the same book twice changes nothing.

    Raises:
        BookDamaged, BookContradicts, BookRefused, NoCutOff: nothing was changed. Others as store and tape raise.
    """
    facts = read_book(options.book)
    with tools.stage("read", "Reading the book…", "正在读取结果文件夹……"):
        _prepared(options, tools)
    with records.writing(actor=options.actor, ground=f"book {facts.get('title', '')}", at=options.at) as tx:
        return _Opening(options, tools, tx).done(facts)


def _prepared(options: OpeningOptions, tools: Tools) -> None:
    """Make the book's tables readable, and what the tape says about people."""
    engine = tools.engine
    for name in ("loans", "borrowers", "grades", "events"):
        path = options.book / f"{name}.parquet"
        if path.is_file():
            engine.parquet(f"book_{name}", path)
        elif name in _NOTHING:
            engine.view(f"book_{name}", _NOTHING[name])
        else:
            engine.parquet(f"book_{name}", path)  # says that it is not there
    typed: Mapping[str, object] = {}
    if options.people is not None:
        typed = type_source(options.people, options.tape, tools).tables
    for name, columns in (
        ("borrowers", _PEOPLE_COLUMNS), ("contacts", _CONTACT_COLUMNS), ("addresses", _ADDRESS_COLUMNS),
    ):  # fmt: skip
        if name not in typed:
            nulls = ", ".join(f"CAST(NULL AS VARCHAR) AS {column}" for column in columns)
            engine.view(f"typed_{name}", f"SELECT CAST(NULL AS BIGINT) AS row, {nulls} WHERE FALSE")
    queries = load_queries("postloan.ledger", "taking_over.sql")
    engine.table("book_people", queries["people"].bind())
    engine.table("book_ways", queries["ways"].bind())


class _Opening:
    """One call of ``open_book`` inside its transaction."""

    def __init__(self, options: OpeningOptions, tools: Tools, tx: Writing) -> None:
        self.options = options
        self.tools = tools
        self.tx = tx
        self.rule_book: RuleBook = load_book()
        self.rules = MoneyRules.of(self.rule_book)
        self.differ: list[str] = []
        self.refused: list[str] = []
        self.opened = self.there = self.people = self.contacts = self.held = 0

    def done(self, facts: Mapping[str, object]) -> Opened:
        """Everything, page by page; then what is wrong, or the note."""
        first, last, quarantined, without_rate, owed = _extent(self.tools.engine)
        keep_rules(self.tx, self.rule_book, self.options.on)
        with (
            self.tools.stage("people", "Storing people…", "正在保存借款人……"),
            self.tx.filling(Person, Contact),
        ):
            self._people()
        with self.tools.stage("accounts", "Opening accounts…", "正在建账……"), self.tx.filling(Loan, Event):
            known = self.tx.loans.count() > 0
            for rows in _pages(self.tools.engine, "page_of_loans", first, last):
                self._loans(rows, known=known)
        self._refuse()
        opened = Opened(
            self.opened,
            self.there,
            quarantined,
            without_rate,
            Money(owed),
            self.people,
            self.contacts,
            self.held,
        )
        if opened.opened or opened.people or opened.contacts or opened.held:
            details = {
                "book": str(facts.get("title", "")), "opened": opened.opened, "there": opened.there,
                "quarantined": quarantined, "owed": opened.owed, "people": opened.people,
                "contacts": opened.contacts, "held": opened.held, "rule_book": self.rules.version,
            }  # fmt: skip
            self.tx.note(Note("book.opened", subject=self.options.book.name, details=details))
        return opened

    def _loans(self, rows: list[dict[str, Any]], *, known: bool) -> None:
        there: dict[str, Loan] = {}
        histories: dict[str, list[Event]] = {}
        if known:
            there = {
                loan.loan_id: loan for loan in self.tx.loans.find(loan_id=[row["loan_id"] for row in rows])
            }
            histories = dict(self.tx.events.of_many(list(there)))
        loans: list[Loan] = []
        events: list[Event] = []
        for row in rows:
            if row["cutoff_on"] is None:
                raise NoCutOff(book=self.options.book, loan=row["loan_id"])
            loan_id = row["loan_id"]
            if loan_id in there:
                self._compare(row, there[loan_id], histories.get(loan_id, []))
                continue
            made = open_account(row, self.rules, self.rule_book, self.options.on)
            if isinstance(made, Refused):
                says = " ".join(reason.says(self.options.lang) for reason in made.reasons)
                self.refused.append(f"{loan_id} ({says})")
                continue
            loans.append(made[0])
            events.append(made[1])
        if loans and not (self.refused or self.differ):
            self.tx.loans.add_all(loans)
            self.tx.events.append(events)
        self.opened += len(loans)

    def _compare(self, row: dict[str, Any], loan: Loan, history: list[Event]) -> None:
        """A loan that is there must have been opened with the same facts."""
        opening = next(iter(history), None)
        same = (
            opening is not None
            and opening.key == opening_key(row["cutoff_on"])
            and _like(opening.what, opening_of(row))
            and same_loan(loan, row)
        )
        if same:
            self.there += 1
        else:
            self.differ.append(row["loan_id"])

    def _people(self) -> None:
        last = int(self.tools.engine.rows("SELECT COUNT(*) FROM book_people")[0][0])
        known = self.tx.of(Person).count() > 0
        for rows in _pages(self.tools.engine, "page_of_people", 1, last):
            there: dict[str, Person] = {}
            if known:
                numbers = [row["borrower_id"] for row in rows]
                there = {
                    person.borrower_id: person for person in self.tx.of(Person).find(borrower_id=numbers)
                }
            new = {row["borrower_id"] for row in rows if row["borrower_id"] not in there}
            filled = {
                row["borrower_id"] for row in rows if row["borrower_id"] in there and self._filled(row, there)
            }
            welcome = new | filled
            ways = _table(self.tools.engine, "page_of_ways", rows[0]["place"], rows[-1]["place"])
            contacts = [
                Contact(who, kind, Personal(value), role, origin)
                for who, kind, value, role, origin in _tuples(ways)
                if who in welcome
            ]
            people = [_person(row) for row in rows if row["borrower_id"] in new]
            if people or contacts:
                self.people += self.tx.people.add_all(people, contacts)
            self.contacts += len(contacts)
            marked = [row for row in rows if row["marked"]]
            if marked:
                stays = {who: person for who, person in there.items() if who not in filled}
                self.held += stop_contact(self.tx, marked, stays, on=self.options.on, by=self.options.actor)

    def _filled(self, row: dict[str, Any], there: Mapping[str, Person]) -> bool:
        """Give a person who is there without a name the one of the tape; whether that was done."""
        person = there[row["borrower_id"]]
        name = person.name.reveal("to compare masked names")
        if not row["name"] or person.erased_on is not None or name == mask_name(row["name"]):
            return False
        if name:
            self.differ.append(row["borrower_id"])
            return False
        written = _person(row, person.version)
        flags = tuple(dict.fromkeys((*person.flags, *written.flags)))
        self.tx.people.correct(replace(written, flags=flags))
        return True

    def _refuse(self) -> None:
        for found, error in ((self.differ, BookContradicts), (self.refused, BookRefused)):
            if found:
                shown = ", ".join(found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
                raise error(book=self.options.book, count=len(found), shown=shown)


def _like(what: object, command: Any) -> bool:
    return bool(what == happened(command))


def _extent(engine: Engine) -> tuple[int, int, int, int, int]:
    query = load_queries("postloan.ledger", "taking_over.sql")["extent"]
    first, last, quarantined, without_rate, owed = map(int, engine.rows(query.bind())[0])
    return first, last, quarantined, without_rate, owed


def _pages(engine: Engine, query: str, first: int, last: int) -> Iterator[list[dict[str, Any]]]:
    """Rows from first to last, a page at a time, so that a large book fits."""
    for start in range(first, last + 1, PAGE):
        table = _table(engine, query, start, min(start + PAGE - 1, last))
        if table.num_rows:
            names = table.column_names
            yield [dict(zip(names, row, strict=True)) for row in _tuples(table)]


def _table(engine: Engine, query: str, first: int, last: int) -> Table:
    text = load_queries("postloan.ledger", "taking_over.sql")[query].bind(first=first, last=last)
    return engine.arrow(text)


def _tuples(table: Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def _person(row: Mapping[str, Any], version: int = 0) -> Person:
    return Person(
        row["borrower_id"], _own(row["name"]), _own(row["id_number"]), _own(row["born_on"]), _own(row["employer"]),
        flags_of(row), version=version,
    )  # fmt: skip


def _own(text: str) -> Personal[str]:
    return Personal(text) if text else NOBODY
