"""What stands where in a published notice: the layout of 2024 (``old``) and of 2026 (``new``), as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from postloan.kernel import PostloanError
from postloan.kernel.money import round_to
from postloan.market.notice import WHOLE, Notice

Template = Literal["old", "new"]

BLANK = "—"
"""Stands in a cell of the published table where nothing is known."""

AMOUNTS = (
    "principal", "interest", "total", "other_fees", "claim_total", "max_borrower", "avg_borrower",
    "weighted_credit_limit", "start_price", "increment", "deposit", "sold_price",
)  # fmt: skip
FIGURES = (*AMOUNTS, "loans", "borrowers", "weighted_overdue_days", "weighted_age")
"""The keys that ``as_reported`` and ``tolerance`` speak about, in order."""

_UNITS = {"loans": "笔", "borrowers": "户", "weighted_overdue_days": "天", "weighted_age": "岁"}

_LABELS = {
    "cutoff_date": "交易基准日",
    "principal": "未偿本金总额(元)",
    "loans": "资产笔数(笔)",
    "interest": "未偿利息总额(元)",
    "borrowers": "借款人户数(户)",
    "total": "未偿本息总额(元)",
    "weighted_overdue_days": "加权平均逾期天数",
    "other_fees": "其他费用(元)",
    "max_borrower": "单一借款人最高未偿本息余额(元)",
    "avg_borrower": "借款人平均未偿本息余额(元)",
    "weighted_age": "借款人加权平均年龄",
    "weighted_credit_limit": "借款人加权平均授信额度(元)",
    "five_class": "五级分类情况",
    "written_off": "核销情况",
    "guarantee": "担保情况概述",
    "litigation": "诉讼情况概述",
    "remarks": "备注",
    "bid_mode": "竞价方式",
    "free_bid_start": "自由竞价开始时间",
    "free_bid_end": "自由竞价结束时间",
    "extension_minutes": "延时周期(分钟)",
    "start_price": "起始价(元)",
    "increment": "加价幅度(元)",
    "bid_deadline": "竞价报名截止时间",
    "bid_date": "竞价日",
    "deposit": "保证金(元)",
    "sign_days": "协议签署时限",
    "pay_days": "付款时限",
    "claim_total": "债权总额(元)",
    "buyer": "受让方",
    "sold_price": "成交价(元)",
    "sold_date": "成交日期",
}

_PAIRS: Mapping[Template, tuple[tuple[str, str | None], ...]] = {
    "old": (
        ("cutoff_date", "principal"), ("loans", "interest"), ("borrowers", "total"),
        ("weighted_overdue_days", "other_fees"), ("max_borrower", "avg_borrower"),
        ("weighted_age", "weighted_credit_limit"),
    ),
    "new": (
        ("cutoff_date", "principal"), ("loans", "interest"), ("borrowers", "total"),
        ("weighted_overdue_days", "other_fees"), ("weighted_age", None),
    ),
}  # fmt: skip
_WIDE: Mapping[Template, tuple[str, ...]] = {
    "old": ("five_class", "written_off", "guarantee", "litigation"),
    "new": ("five_class", "guarantee", "litigation"),
}
_BIDDING: Mapping[Template, tuple[str, ...]] = {
    "old": ("bid_mode", "free_bid_start", "free_bid_end", "extension_minutes", "start_price", "increment"),
    # Since 2025-10-27 the public page shows no start price; registered parties see it on application.
    "new": ("bid_mode", "free_bid_start", "free_bid_end", "extension_minutes", "increment"),
}
_TIMES = ("bid_deadline", "bid_date")
_TERMS = ("deposit", "sign_days", "pay_days")
_NUMERALS = "一二三四五六七八"
_EMPTY: Mapping[str, object] = {"rows": [], "wide": [], "notes": [], "lines": []}
_RESULT = ("buyer", "sold_price", "sold_date")


class UnknownTemplate(PostloanError):
    """There is no notice template '{template}'.

    Choose old (2024, with maximum, average, credit line and write-offs) or new (2026).
    """

    zh = "没有名为“{template}”的公告模板。请选择 old（2024 年版，含最高、平均、授信额度、核销）或 new（2026 年版）。"


@dataclass(frozen=True, slots=True)
class Extra:
    """What a notice says beyond its keys; nothing given, nothing printed.

    overdue_starts: the seller's definition of the first overdue day (逾期起始点), note 2. fees_hold: what the other
    fees are made of. buyers: conditions that a buyer must meet. sole_bidder: what happens with only one bidder.
    standard_agreement: 是否采用标准协议文本. settled_by_platform: 是否通过登记机构结算. contact: lines.
    """

    overdue_starts: str | None = None
    fees_hold: str | None = None
    buyers: tuple[str, ...] = ()
    sole_bidder: str | None = None
    standard_agreement: bool | None = None
    settled_by_platform: bool | None = None
    contact: tuple[str, ...] = ()


def layout(
    notice: Notice, *, template: str = "new", synthetic: bool = False, extra: Extra | None = None
) -> dict[str, object]:
    """The notice as its printed page: title, tables, notes, terms. Both HTML and PDF print exactly this.

    synthetic: mark every page as synthetic data (合成数据).

    Raises:
        UnknownTemplate: neither ``old`` nor ``new``.
    """
    if template not in get_args(Template):
        raise UnknownTemplate(template=template)
    kind: Template = "old" if template == "old" else "new"
    extra = extra or Extra()
    sections: list[dict[str, object]] = []
    for head, block in (
        ("不良贷款基本信息", _basic(notice, kind, extra)),
        ("转让方式", _pairs(notice, _BIDDING[kind])),
        ("时间安排", _lines(notice, _TIMES)),
        ("交易条件", _terms(notice, extra)),
        ("成交情况", _pairs(notice, _RESULT)),
        ("联系方式", {"lines": list(extra.contact)} if extra.contact else None),
    ):
        if block:
            sections.append({"head": f"{_NUMERALS[len(sections)]}、{head}", **_EMPTY, **block})
    seller = notice.seller or ""
    opening = (
        f"{seller}拟转让下列个人不良贷款，现将有关情况公告如下。"
        if seller
        else "现将下列个人不良贷款转让的有关情况公告如下。"
    )
    if notice.doc_kind and notice.doc_kind.startswith("招商公告"):
        opening += "本公告所载数据以转让公告为准。"
    return {
        "title": "".join(_title_parts(notice)),
        "title_lines": list(_title_parts(notice)),
        "synthetic": synthetic,
        "opening": opening,
        "sections": sections,
        "seller": seller,
        "signed": spoken_day(notice.published) if notice.published else "",
    }


def _title_parts(notice: Notice) -> tuple[str, str]:
    """The published title without the parts that are not known, in the two lines that it is best broken into."""
    kind = notice.doc_kind or "转让公告"
    name = f"不良贷款{kind}" if kind.startswith(("转让公告", "招商公告")) else kind
    product = f"({notice.product})" if notice.product else ""
    return f"{notice.seller or ''}关于{notice.period or ''}", f"个人不良贷款{product}转让项目{name}"


def label_of(key: str) -> str:
    """The published label of a key."""
    return _LABELS[key]


def figure_text(notice: Notice, key: str) -> str:
    """A figure as the table prints it: 66,369,783.05; a rounded figure of a report keeps its printed words."""
    value = getattr(notice, key)
    if value is None:
        return BLANK
    if key in notice.tolerance and notice.tolerance[key] != 0 and key in notice.as_reported:
        return notice.as_reported[key]
    if key in AMOUNTS or key in ("weighted_overdue_days", "weighted_age"):
        return f"{round_to(Decimal(value), 2):,}"
    return f"{value:,}"


def reported(notice: Notice, key: str) -> str:
    """An exact figure with its unit: 66,369,783.05元, 756笔."""
    return figure_text(notice, key) + _UNITS.get(key, "元")


def counts_text(counts: Mapping[str, int | str] | None) -> str:
    """A breakdown: 损失 411 笔；次级 340 笔, or 全部损失."""
    if not counts:
        return BLANK
    return "；".join(
        f"全部{name}" if count == WHOLE else f"{name} {count:,} 笔" for name, count in counts.items()
    )


def spoken_day(iso: str) -> str:
    """2025年5月6日, or 2025年5月 for a month; a time stays behind the day."""
    day, _, clock = iso.partition(" ")
    parts = day.split("-")
    text = f"{parts[0]}年{int(parts[1])}月" + (f"{int(parts[2])}日" if len(parts) > 2 else "")
    return f"{text} {clock}" if clock else text


def _cell(notice: Notice, key: str) -> str:
    value = getattr(notice, key)
    if value is None:
        return BLANK
    if key in FIGURES:
        return figure_text(notice, key)
    if key in ("five_class", "guarantee", "litigation"):
        return counts_text(value)
    if key == "written_off":
        return "全部已核销" if value == WHOLE else f"已核销 {value:,} 笔"
    if key == "cutoff_date":
        return str(value).replace("-", "")
    if key in ("bid_deadline", "bid_date", "free_bid_start", "free_bid_end", "sold_date"):
        return spoken_day(str(value))
    return str(value)


def _basic(notice: Notice, kind: Template, extra: Extra) -> dict[str, object]:
    rows: list[list[str]] = []
    for left, right in _PAIRS[kind]:
        rows.append(
            [label_of(left), _cell(notice, left)]
            + ([label_of(right), _cell(notice, right)] if right else ["", ""])
        )
    wide = [[label_of(key), _cell(notice, key)] for key in _WIDE[kind]]
    if notice.claim_total is not None:
        wide.insert(0, [label_of("claim_total"), _cell(notice, "claim_total")])
    if notice.remarks:
        wide.append([label_of("remarks"), notice.remarks])
    notes = ["上表各项加权平均指标以每笔未偿本息总额为权重。"]
    if extra.overdue_starts:
        notes.append(f"逾期起始点：{extra.overdue_starts.rstrip('。')}。")
    if extra.fees_hold:
        notes.append(f"其他费用不计入本息，包括{extra.fees_hold.rstrip('。')}。")
    return {"rows": rows, "wide": wide, "notes": [f"注{i}：{note}" for i, note in enumerate(notes, 1)]}


def _pairs(notice: Notice, keys: tuple[str, ...]) -> dict[str, object] | None:
    """The known keys two and two in a row; None where none is known."""
    cells = [[label_of(key), _cell(notice, key)] for key in keys if getattr(notice, key) is not None]
    if not cells:
        return None
    if len(cells) % 2:
        cells.append(["", ""])
    return {"rows": [one + two for one, two in zip(cells[::2], cells[1::2], strict=True)]}


def _lines(notice: Notice, keys: tuple[str, ...]) -> dict[str, object] | None:
    lines = _spoken(notice, keys)
    return {"lines": lines} if lines else None


def _spoken(notice: Notice, keys: tuple[str, ...]) -> list[str]:
    return [f"{label_of(key)}：{_cell(notice, key)}" for key in keys if getattr(notice, key) is not None]


def _terms(notice: Notice, extra: Extra) -> dict[str, object] | None:
    lines = _spoken(notice, _TERMS)
    lines += [f"受让条件：{condition}" for condition in extra.buyers]
    if extra.sole_bidder:
        lines.append(f"仅有一家意向受让方时：{extra.sole_bidder}")
    if extra.standard_agreement is not None:
        lines.append(f"采用标准协议文本：{'是' if extra.standard_agreement else '否'}")
    if extra.settled_by_platform is not None:
        lines.append(f"通过登记机构结算：{'是' if extra.settled_by_platform else '否'}")
    return {"lines": lines} if lines else None
