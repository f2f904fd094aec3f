"""The certificate of settlement (结清证明) as what the Typst document prints; in Chinese, for the debtor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from postloan.kernel import Money
from postloan.ledger.closing import Settlement


@dataclass(frozen=True, slots=True)
class Named:
    """Whom and what a certificate names. name, id_number: in clear on paper, masked elsewhere; "" if not known."""

    number: str
    lender: str
    contract_no: str
    name: str
    id_number: str


def typst_source() -> str:
    """The Typst document."""
    return (files(__package__) / "closing.typ").read_text(encoding="utf-8")


def paper(ended: Settlement, named: Named, *, signed_on: date) -> Mapping[str, object]:
    """What the document prints."""
    who = f"借款人 {named.name or '（姓名见合同）'}"
    if named.id_number:
        who += f"（证件号码 {named.id_number}）"
    contract = f"贷款编号 {ended.loan_id}，建账日 {_day(ended.opened_on)}"
    if named.contract_no:
        contract += f"，合同编号 {named.contract_no}"
    lines = [
        f"{who}：",
        f"您在我机构的贷款（{contract}）已于 {_day(ended.settled_on)} 结清，截至该日债权余额为 0.00 元。",
        "自结清之日起，我机构不再就该笔贷款向您主张任何款项，亦不再就此与您及他人联系。",
        "我机构将向征信机构报送账户结清信息。您可以向我机构查询、异议和更正相关信息。",
    ]
    if ended.released:
        lines.insert(2, f"结清金额中包含我机构减免的 {ended.released} 元，减免部分不再追偿。")
    if ended.credit:
        lines.append(f"您另有溢缴款 {ended.credit} 元，我机构将予以退还。")
    return {
        "title": "贷款结清证明",
        "number": named.number,
        "lines": lines,
        "lender": named.lender or "贷款人",
        "signed_on": _day(signed_on),
        "statement_title": "结清对账单",
        "statement": _statement(ended),
        "payments_title": "还款明细",
        "payments_head": ["日期", "金额（元）"],
        "payments": [[_day(one.on), str(one.amount)] for one in ended.payments],
        "notes": ["对账单自贷款在本系统建账之日起算；此前的往来以建账时的余额列示。"],
    }


def _statement(ended: Settlement) -> list[list[str]]:
    rows: list[tuple[str, Money]] = [
        ("建账时本金", ended.advanced),
        ("建账时及此后的利息、罚息、复利、费用", ended.charged),
        ("应付合计", ended.owed_in_all),
        ("已收款项", ended.received),
        ("减：已退还溢缴款", ended.refunded),
        ("减：待退还溢缴款", ended.credit),
        ("减免", ended.released),
        ("借新还旧", ended.replaced),
        ("债权转让期间由受让人收取", ended.elsewhere),
        ("清偿合计", ended.covered),
        ("结清后余额", ended.owed_in_all - ended.covered),
    ]
    always = {"建账时本金", "应付合计", "已收款项", "清偿合计", "结清后余额"}
    return [[name, str(amount)] for name, amount in rows if amount or name in always]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
