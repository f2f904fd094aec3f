"""The notice (公告) of one package as a value: every key always there, ``None`` where the notice is silent.

Inside, money is ``Decimal`` yuan; outside, in JSON, it is a number in yuan. The keys and their order are those
of a public collection of notices, so that files of either side can be read by the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from postloan.market.notice_faults import BadNotice
from postloan.market.notice_json import SHAPES, checked, number_out

WHOLE: Literal["全部"] = "全部"
"""Stands for a count where the notice says that all loans are of one kind."""

Counts = Mapping[str, int | str]
"""A breakdown of loans (笔数) by kind: counts, or 全部 for the only kind there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice of a package of non-performing personal loans (个人不良贷款转让公告).

    id: the notice's name, mostly its file's. seller: the transferor as named (出让方). seller_type: kind of
    institution. product: the kind of loans (个人消费贷款, 信用卡透支, …). period: 2025年第1期 or as titled.
    doc_kind: 转让公告, 招商公告, 转让公告(重新挂牌), 债权转让公告(协议). text_form: ``table`` (published table) or
    ``press`` (facts as reported).

    principal, interest, total: outstanding (未偿本金, 利息, 本息总额), yuan; total = principal + interest.
    other_fees: 其他费用, outside the total. claim_total: 债权总额 where stated. max_borrower, avg_borrower:
    greatest and mean total of one borrower. weighted_credit_limit: 加权平均授信额度. start_price, increment,
    deposit, sold_price: 起始价, 加价幅度, 保证金, 成交价, yuan.

    loans, borrowers: 资产笔数, 借款人户数. weighted_overdue_days, weighted_age: weighted by the total per loan.
    cutoff_date: 交易基准日. published: 发布日期, a day or a month. bid_deadline: 竞价报名截止时间. bid_date:
    竞价日. free_bid_start, free_bid_end: 自由竞价; extension_minutes: 延时周期. bid_mode: 竞价方式.

    five_class, guarantee, litigation: loans by 五级分类, 担保情况, 诉讼情况. written_off: loans written off
    (已核销), a count or 全部. sign_days, pay_days: terms as printed. buyer, sold_date: 受让方, 成交日期.
    remarks: 备注. as_reported: figures with their printed unit. tolerance: greatest difference that rounding
    allows; 0 exact; ``None`` where only a bound was stated. source: site and date. checks: what adds up.
    """

    id: str
    seller: str | None = None
    seller_type: str | None = None
    product: str | None = None
    period: str | None = None
    doc_kind: str | None = None
    text_form: str | None = None
    principal: Decimal | None = None
    interest: Decimal | None = None
    total: Decimal | None = None
    other_fees: Decimal | None = None
    claim_total: Decimal | None = None
    max_borrower: Decimal | None = None
    avg_borrower: Decimal | None = None
    weighted_credit_limit: Decimal | None = None
    start_price: Decimal | None = None
    increment: Decimal | None = None
    deposit: Decimal | None = None
    sold_price: Decimal | None = None
    loans: int | None = None
    borrowers: int | None = None
    weighted_overdue_days: Decimal | None = None
    weighted_age: Decimal | None = None
    cutoff_date: str | None = None
    published: str | None = None
    bid_deadline: str | None = None
    bid_date: str | None = None
    free_bid_start: str | None = None
    free_bid_end: str | None = None
    extension_minutes: int | None = None
    bid_mode: str | None = None
    five_class: Counts | None = None
    written_off: int | str | None = None
    guarantee: Counts | None = None
    litigation: Counts | None = None
    sign_days: str | None = None
    pay_days: str | None = None
    buyer: str | None = None
    sold_date: str | None = None
    remarks: str | None = None
    as_reported: Mapping[str, str] = field(default_factory=dict)
    tolerance: Mapping[str, Decimal | None] = field(default_factory=dict)
    source: Mapping[str, str | None] = field(default_factory=lambda: {"site": None, "date": None})
    checks: Mapping[str, bool | Decimal] = field(default_factory=dict)

    def with_checks(self, checks: Mapping[str, bool | Decimal]) -> Notice:
        """This notice with other ``checks`` (see ``notice_checks.checks_of``)."""
        return replace(self, checks=checks)

    def to_json(self) -> dict[str, object]:
        """A plain dict with every key in the published order; whole amounts as ints, others as floats."""
        return {key: number_out(getattr(self, key)) for key in KEYS}

    def dumps(self, *, indent: int | None = None) -> str:
        """The JSON text of this notice, Chinese as it is, without a line end."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_json(cls, record: object, *, where: str = "notice") -> Notice:
        """The notice in a decoded JSON object; absent keys are silent.

        record: what ``json.loads`` gave. where: the file, and line if any, for messages.

        Raises:
            BadNotice: not an object, an unknown key, or a value of the wrong kind.
        """
        return cls(**checked(record, where=where))  # type: ignore[arg-type]

    @classmethod
    def loads(cls, text: str, *, where: str = "notice") -> Notice:
        """The notice in a JSON text; amounts are read exactly.

        Raises:
            BadNotice: the text is no JSON, or see ``from_json``.
        """
        try:
            record = json.loads(text, parse_float=Decimal)
        except (json.JSONDecodeError, RecursionError) as error:
            raise BadNotice(
                where=where,
                what=f"this is no JSON ({error})",
                what_zh=f"不是 JSON（{error}）",
                mend="Write one JSON object, or make one with `postloan notice read FILE --json`.",
                mend_zh="请写成一个 JSON 对象，或用 `postloan notice read 文件 --json` 生成。",
            ) from error
        return cls.from_json(record, where=where)


@cache
def key_texts() -> Mapping[str, Mapping[str, str]]:
    """What people read instead of each key, by language (``en``, ``zh``)."""
    raw = yaml.safe_load((files("postloan.market") / "notice_texts.yaml").read_text(encoding="utf-8"))
    return {key: {"en": raw[key][0], "zh": raw[key][1]} for key in KEYS}


KEYS: tuple[str, ...] = tuple(entry.name for entry in fields(Notice))
"""All keys, in order."""

assert tuple(SHAPES) == KEYS, "every key has a shape"
