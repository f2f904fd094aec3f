"""Composing a package (资产包): a small declarative selection over the eligible loans.

A packages file (YAML) holds a list::

    packages:
      - name: loss-2025
        seller: 甲消费金融有限公司
        period: 2026年第1期
        select:
          products: [consumer]
          grades: [loss]
          days_overdue: {from: 361}
          regions: [浙江省, 江苏省]
          balance: {to: 200000.00}
          max_share_per_borrower: 0.01
          size: {total_at_most: 500000000.00, order: oldest}
        template: new
        terms: {start_price: 50200000.00, increment: 100000.00}
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from postloan.kernel import Engine, PostloanError, load_queries
from postloan.market.notice import Notice

_SQL = ("postloan.market", "package.sql")

_TOP = {
    "name", "seller", "seller_type", "branch", "product", "period", "select", "template", "terms",
    "overdue_starts", "remarks", "published",
}  # fmt: skip
_SELECT = {"products", "grades", "days_overdue", "regions", "balance", "max_share_per_borrower", "size"}
_SIZE = {"total_at_most", "loans_at_most", "borrowers_at_most", "order"}
_ORDERS = ("tape", "largest", "smallest", "oldest")
TERMS = (
    "start_price", "increment", "deposit", "bid_deadline", "bid_date", "free_bid_start", "free_bid_end",
    "extension_minutes", "bid_mode", "sign_days", "pay_days",
)  # fmt: skip
"""Keys of the notice that a package file may set: the terms of sale (转让方式、时间安排)."""


class BadPackageFile(PostloanError):
    """The packages file {where} is not usable: {why}.

    {mend}
    """

    zh = "组包文件 {where} 无法使用：{why_zh}。{mend_zh}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which eligible loans a package takes; what is not said does not restrict.

    products, grades: codes of the tape's terms. regions: province names. days_from, days_to: days overdue,
    both included. balance_from, balance_to: yuan of principal plus interest per loan, both included.
    max_share: greatest share (0 to 1) of the package's total that one borrower may hold. total_at_most: yuan.
    order: in which borrowers are taken when the size is limited (tape, largest, smallest, oldest).
    """

    products: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    days_from: int | None = None
    days_to: int | None = None
    balance_from: Decimal | None = None
    balance_to: Decimal | None = None
    max_share: Decimal = Decimal(1)
    total_at_most: Decimal | None = None
    loans_at_most: int | None = None
    borrowers_at_most: int | None = None
    order: str = "tape"


@dataclass(frozen=True, slots=True)
class PackageSpec:
    """One package to compose.

    name: folder name. select: which loans. seller, seller_type, branch, product, period, published, remarks:
    as printed in the notice; None is taken from the tape or left unsaid. overdue_starts: the seller's
    definition of the first overdue day (逾期起始点). template: layout of the notice, ``old`` or ``new``.
    terms: terms of sale by notice key.
    """

    name: str = "all"
    select: Selection = field(default_factory=Selection)
    seller: str | None = None
    seller_type: str | None = None
    branch: str | None = None
    product: str | None = None
    period: str | None = None
    published: str | None = None
    remarks: str | None = None
    overdue_starts: str | None = None
    template: str = "new"
    terms: Mapping[str, Any] = field(default_factory=dict)


def read_packages(text: str, *, where: str) -> tuple[PackageSpec, ...]:
    """The packages that a file asks for.

    Raises:
        BadPackageFile: no YAML, a word that is not known, or a value of the wrong form.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise _bad(
            where, f"line {line} is not YAML", f"第 {line} 行不是 YAML", "Mend it.", "请改正。"
        ) from error
    packages = raw.get("packages") if isinstance(raw, dict) else None
    if not isinstance(packages, list) or not packages:
        mend = ("Begin it with 'packages:' and a list of packages.", "请以 packages: 和资产包列表开头。")
        raise _bad(where, "it holds no list of packages", "没有资产包列表", *mend)
    specs = tuple(_spec(entry, f"{where}, package {number}") for number, entry in enumerate(packages, 1))
    names = [spec.name for spec in specs]
    if doubled := {name for name in names if names.count(name) > 1}:
        name = sorted(doubled)[0]
        why = (f"two packages are called {name}", f"有两个资产包都叫 {name}")
        raise _bad(where, *why, "Give each its own name.", "请各取一个名称。")
    return specs


def packages_text(notice: Notice, *, name: str) -> str:
    """A packages file for one package of everything that may be sold, titled like a published notice.

    The layout is the old one where the notice states figures that only it prints.
    """
    old = notice.max_borrower is not None or notice.written_off is not None
    words = ("seller", "seller_type", "product", "period", "published")
    package: dict[str, Any] = {"name": name, "template": "old" if old else "new"}
    package |= {word: getattr(notice, word) for word in words if getattr(notice, word) is not None}
    known = {key: getattr(notice, key) for key in TERMS}
    terms = {k: str(v) if isinstance(v, Decimal) else v for k, v in known.items() if v is not None}
    if terms:
        package["terms"] = terms
    return yaml.safe_dump({"packages": [package]}, allow_unicode=True, sort_keys=False)


def compose(engine: Engine, spec: PackageSpec, *, waived: Sequence[str] = ()) -> None:
    """Make the view ``package_loans`` of one package from the book's loans, eligibility and borrowers.

    Loans that may be sold enter. waived: reasons (as ``because`` writes them) for which loans wait for a
    person's decision that is not about the single loan; loans with no other reason enter too.
    """
    queries = load_queries(*_SQL)
    select = spec.select
    engine.view(
        "package_candidates",
        queries["package_candidates"].bind(
            waived=tuple(waived) or ("",),
            any_product=not select.products, products=select.products or ("",),
            any_grade=not select.grades, grades=select.grades or ("",),
            any_region=not select.regions, regions=select.regions or ("",),
            days_from=select.days_from, days_to=select.days_to,
            balance_from=select.balance_from, balance_to=select.balance_to,
        ),
    )  # fmt: skip
    sized = (select.total_at_most, select.loans_at_most, select.borrowers_at_most)
    if select.max_share >= 1 and sized == (None, None, None):
        engine.view("package_loans", "SELECT * FROM package_candidates")
        return
    engine.table(
        "package_borrowers",
        queries["package_borrowers"].bind(
            share=select.max_share, order=select.order, total_at_most=select.total_at_most,
            loans_at_most=select.loans_at_most, borrowers_at_most=select.borrowers_at_most,
        ),
    )  # fmt: skip
    engine.view("package_loans", queries["package_loans"].bind())


def _bad(where: str, why: str, why_zh: str, mend: str, mend_zh: str) -> BadPackageFile:
    return BadPackageFile(where=where, why=why, why_zh=why_zh, mend=mend, mend_zh=mend_zh)


def _spec(entry: object, where: str) -> PackageSpec:
    given = _mapping(entry, _TOP, where)
    name = str(given.get("name") or "")
    if not name or any(letter in name for letter in "/\\\0") or name.startswith("."):
        why = (f"'{name}' is no name for a folder", f"“{name}”不能作文件夹名")
        raise _bad(where, *why, "Give it a short name.", "请取一个简短的名称。")
    if (template := given.get("template", "new")) not in ("old", "new"):
        why = (f"template '{template}' is not known", f"没有名为“{template}”的模板")
        raise _bad(where, *why, "Write old or new.", "请写 old 或 new。")
    terms = _mapping(given.get("terms") or {}, set(TERMS), f"{where}, terms")
    words = ("seller", "seller_type", "branch", "product", "period", "published", "remarks", "overdue_starts")
    return PackageSpec(
        name=name,
        select=_selection(given.get("select") or {}, f"{where}, select"),
        template=template,
        terms=terms,
        **{word: None if given.get(word) is None else str(given[word]) for word in words},
    )


def _selection(entry: object, where: str) -> Selection:
    given = _mapping(entry, _SELECT, where)
    days = _mapping(given.get("days_overdue") or {}, {"from", "to"}, f"{where}, days_overdue")
    balance = _mapping(given.get("balance") or {}, {"from", "to"}, f"{where}, balance")
    size = _mapping(given.get("size") or {}, _SIZE, f"{where}, size")
    order = str(size.get("order", "tape"))
    if order not in _ORDERS:
        orders = ", ".join(_ORDERS)
        why = (f"order '{order}' is not known", f"没有名为“{order}”的排序")
        raise _bad(f"{where}, size", *why, f"Write one of {orders}.", f"请写 {orders} 之一。")
    share = _decimal(given.get("max_share_per_borrower", 1), f"{where}, max_share_per_borrower")
    if share is None or not 0 < share <= 1:
        why = (f"a share of {share} is not between 0 and 1", f"占比 {share} 不在 0 和 1 之间")
        raise _bad(where, *why, "Write 0.01 for one per cent.", "百分之一请写 0.01。")
    return Selection(
        products=_words(given.get("products"), f"{where}, products"),
        grades=_words(given.get("grades"), f"{where}, grades"),
        regions=_words(given.get("regions"), f"{where}, regions"),
        days_from=_whole(days.get("from"), f"{where}, days_overdue"),
        days_to=_whole(days.get("to"), f"{where}, days_overdue"),
        balance_from=_decimal(balance.get("from"), f"{where}, balance"),
        balance_to=_decimal(balance.get("to"), f"{where}, balance"),
        max_share=share,
        total_at_most=_decimal(size.get("total_at_most"), f"{where}, size"),
        loans_at_most=_whole(size.get("loans_at_most"), f"{where}, size"),
        borrowers_at_most=_whole(size.get("borrowers_at_most"), f"{where}, size"),
        order=order,
    )


def _mapping(entry: object, known: set[str], where: str) -> dict[str, Any]:
    if not isinstance(entry, dict):
        words = ", ".join(sorted(known))
        why = ("it is no list of words with values", "不是“词: 值”的列表")
        raise _bad(where, *why, f"Write words from: {words}.", f"可用的词：{words}。")
    for word in entry:
        if word not in known:
            near = difflib.get_close_matches(str(word), sorted(known), n=1)
            words = ", ".join(sorted(known))
            mend = (f"Known words: {words}.", f"可用的词：{words}。")
            if near:
                mend = (f"Did you mean '{near[0]}'?", f"是否想写“{near[0]}”？")
            raise _bad(where, f"'{word}' is not known", f"“{word}”不是可用的词", *mend)
    return entry


def _words(entry: object, where: str) -> tuple[str, ...]:
    if entry is None:
        return ()
    if not isinstance(entry, list) or not all(isinstance(word, str) for word in entry):
        mend = ("Write it as [one, two].", "请写作 [甲, 乙]。")
        raise _bad(where, "it is no list of words", "不是词的列表", *mend)
    return tuple(entry)


def _decimal(entry: object, where: str) -> Decimal | None:
    if entry is None:
        return None
    try:
        if isinstance(entry, bool):
            raise InvalidOperation
        return Decimal(str(entry))
    except InvalidOperation as error:
        mend = ("Write it as 1234.56.", "请写作 1234.56。")
        raise _bad(where, f"'{entry}' is no number", f"“{entry}”不是数字", *mend) from error


def _whole(entry: object, where: str) -> int | None:
    number = _decimal(entry, where)
    if number is not None and number != number.to_integral_value():
        mend = ("Write it without a fraction.", "请写整数。")
        raise _bad(where, f"{entry} is no whole number", f"{entry} 不是整数", *mend)
    return None if number is None else int(number)
