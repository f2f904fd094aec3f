"""The evidence of one letter: which parts there are, and the page that sums them up (证据包)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from postloan.delivery.carriers import read_status, states
from postloan.delivery.clocks import Brought, Sent
from postloan.delivery.effects import EFFECTS_ZH
from postloan.delivery.tracking import Tracked, TrackingEvent
from postloan.tape.terms import terms

_SHOWN_EVENTS = 14
_SHOWN_FILES = 10
_CLASSES = {
    "agreed": "约定送达地址",
    "registered": "户籍（证件）地址",
    "reserved": "申请时预留地址",
    "repaired": "新查得地址",
}
PARTS_ZH = {
    "text_hash": "信函文本及哈希", "stub_with_item_name": "载明内件品名的交寄记录", "provenance": "地址来源",
    "tracking": "物流轨迹", "outcome_proof": "签收或退回凭证",
}  # fmt: skip
CONDITIONS_ZH = {
    "refuser_identified": "须证明拒收人身份", "address_class": "地址类别不明",
    "contradictory": "轨迹自相矛盾，取对寄件人不利者",
}  # fmt: skip


def typst_source() -> str:
    """The Typst document of the page."""
    return (files(__package__) / "evidence.typ").read_text(encoding="utf-8")


def sent_of(
    row: Mapping[str, str], tracked: Tracked, *, proofs: bool, refuser_identified: bool = False
) -> Sent:
    """What the manifest of a batch and the tracking say of a letter. proofs: a receipt or return slip is kept."""
    held = {"text_hash"} if row.get("text_sha256") else set()
    if row.get("item_name") and tracked.handed_over_on:
        held.add("stub_with_item_name")
    if row.get("source"):
        held.add("provenance")
    if tracked.state not in ("drafted", "approved", "printed"):
        held.add("tracking")
    if proofs:
        held.add("outcome_proof")
    demands = str(row.get("demands", "")) == "True"
    return Sent(
        row["letter_no"], row["loan_id"], row.get("product", ""), row.get("address_class", ""), demands,
        frozenset(held), refuser_identified,
    )  # fmt: skip


def summary(
    row: Mapping[str, str],
    tracked: Tracked,
    brought: Brought,
    events: Sequence[TrackingEvent],
    hashes: Mapping[str, str],
    *,
    rule_book: str,
    on: date,
) -> Mapping[str, Any]:
    """What the page prints; the person is masked on it."""
    state = states()[tracked.outcome].says["zh"] if tracked.outcome else "尚无结果"
    told = sorted(events, key=lambda event: (event.at, event.code, event.text))
    address = _CLASSES.get(row.get("address_class", ""), "不明")
    facts = [
        ["函件编号", row["letter_no"]],
        ["内件品名", row["item_name"]],
        ["收件人", f"{row['recipient']}（借款人编号 {row['borrower_id']}）"],
        ["贷款、合同编号", f"{row['loan_id']}，{row['contract_no'] or '—'}"],
        ["金额", f"{row['total']} 元，截至 {row['as_of']}"],
        ["模板", f"{row['kind']}@{row['template']}"],
        ["文本哈希", row["text_sha256"]],
        ["地址类别与来源", f"{address}；来源：{_source(row.get('source', ''))}"],
        ["交寄日", str(tracked.handed_over_on or "—")],
        ["结果", f"{state}{f'（{tracked.ended_on}）' if tracked.ended_on else ''}"],
        ["可记录的效力", _effect(brought)],
        ["诉讼时效", _limitation(brought)],
        ["依据", "；".join((*brought.found.because, *brought.because)) or "—"],
    ]
    shown = [
        [f"{event.at:%Y-%m-%d %H:%M}", " ".join(filter(None, (event.carrier, event.code))), _said(event)]
        for event in told[-_SHOWN_EVENTS:]
    ]
    more = len(told) - len(shown)
    listed = list(hashes.items())
    if len(listed) > _SHOWN_FILES:
        listed = [*listed[:_SHOWN_FILES], ("其余", f"{len(hashes) - _SHOWN_FILES} 个文件见 manifest.json")]
    return {
        "title": "信函证据摘要",
        "facts": facts,
        "tracking_title": "物流轨迹（按承运人所述）",
        "tracking_head": ["时间", "承运人与代码", "内容"],
        "tracking": shown or [["—", "—", "无"]],
        "more": f"另有 {more} 条较早记录，见 tracking.jsonl。" if more else "",
        "files_title": "证据文件及 SHA-256",
        "files": [list(one) for one in listed],
        "notes": ["本页只记录私人函件的到达情况。“送达”仅依法院或仲裁机构的记录设定，本证据包不作此主张。"],
        "foot": f"制作日 {on.isoformat()} · 规则库 {rule_book}",
    }


def _source(code: str) -> str:
    known = terms()["sources"]
    return known[code].zh if code in known else code or "未注明"


def _effect(brought: Brought) -> str:
    found = brought.found
    said = EFFECTS_ZH[found.effect]
    return f"{said}（{CONDITIONS_ZH.get(found.condition, found.condition)}）" if found.condition else said


def _limitation(brought: Brought) -> str:
    if brought.interrupts_on is None:
        return "不中断"
    if brought.missing:
        lacking = "、".join(PARTS_ZH.get(part, part) for part in brought.missing)
        return f"{brought.interrupts_on} 起可重新计算，但证据尚缺：{lacking}"
    return f"自 {brought.interrupts_on} 起重新计算"


def _said(event: TrackingEvent) -> str:
    state = read_status(event.carrier, event.code, event.text).state
    meaning = states()[state].says["zh"] if state else "未能识别"
    return f"{event.text}（{meaning}）" if event.text else meaning
