"""Notices as they might be printed, for tests: made-up facts in every shape that the reader must bear."""

from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import strategies as st

SELLERS = (
    "甲乙消费金融有限公司", "中国丙丁银行股份有限公司天津市分行", "戊己汽车金融(中国)有限公司",
    "庚辛农村商业银行股份有限公司",
)  # fmt: skip
PRODUCTS = ("个人消费贷款", "信用卡透支", "个人经营类贷款", "个人消费及经营性贷款")
CLASSES = ("次级", "可疑", "损失")
STATES = ("未诉", "诉讼中", "已诉讼", "已判未执", "执行中", "终本执行", "终结执行", "已调解")


@dataclass(frozen=True)
class Facts:
    """What a made-up notice says: JSON values by key, and (label, printed value) in the published order."""

    values: dict[str, object]
    fields: list[tuple[str, str]]
    title: str


def _amount(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    fen = st.integers(10_000_000, 99_999_999_999_99)
    principal, interest, fees, largest = draw(fen), draw(fen), draw(st.integers(0, 10**9)), draw(fen)
    loans = draw(st.integers(3, 900_000))
    borrowers = draw(st.integers(1, loans))
    days, age = draw(st.integers(9_000, 300_000)), draw(st.integers(2_500, 6_500))
    first = draw(st.integers(0, loans))
    classes = {"损失": first, "次级": loans - first} if first not in (0, loans) else {"损失": loans}
    cut = draw(st.integers(1, loans - 1))
    one, two = draw(st.permutations(STATES))[:2]
    litigation = {one: cut, two: loans - cut}
    day = f"2025-{draw(st.integers(1, 12)):02d}-{draw(st.integers(1, 28)):02d}"
    period = draw(st.integers(1, 99))
    seller, product = draw(st.sampled_from(SELLERS)), draw(st.sampled_from(PRODUCTS))
    values: dict[str, object] = {
        "seller": seller, "product": product, "period": f"2026年第{period}期", "doc_kind": "转让公告",
        "principal": principal / 100, "interest": interest / 100, "total": (principal + interest) / 100,
        "other_fees": fees / 100, "max_borrower": largest / 100, "loans": loans, "borrowers": borrowers,
        "weighted_overdue_days": days / 100, "weighted_age": age / 100, "cutoff_date": day,
        "five_class": classes, "guarantee": {"信用": loans}, "litigation": litigation, "written_off": cut,
        "bid_deadline": "2026-03-17 17:00",
    }  # fmt: skip
    fields = [
        ("交易基准日", day.replace("-", "")),
        ("未偿本金总额(元)", _amount(principal)),
        ("资产笔数(笔)", str(loans)),
        ("未偿利息总额(元)", _amount(interest)),
        ("借款人户数(户)", str(borrowers)),
        ("未偿本息总额(元)", _amount(principal + interest)),
        ("加权平均逾期天数", f"{days // 100}.{days % 100:02d}"),
        ("其他费用(元)", _amount(fees)),
        ("单一借款人最高未偿本息余额(元)", _amount(largest)),
        ("借款人加权平均年龄", f"{age // 100}.{age % 100:02d}"),
        ("五级分类情况", ";".join(f"{name} {count} 笔" for name, count in classes.items())),
        ("核销情况", f"已核销 {cut} 笔"),
        ("担保情况概述", f"信用 {loans} 笔"),
        ("诉讼情况概述", ";".join(f"{name} {count} 笔" for name, count in litigation.items())),
        ("竞价报名截止时间", "2026年3月17日 17:00"),
    ]
    return Facts(values, fields, f"{seller}关于2026年第{period}期个人不良贷款({product})转让项目 转让公告")


STYLES = ("pipes", "glued", "colons", "tabs", "under", "pairs")
_WIDE = {**{chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}, " ": "\u3000"}


def printed(known: Facts, *, style: str, seed: int, shuffle: bool, wide: float, blanks: float) -> str:
    """The facts as text. wide: share of characters in full width. blanks: chance of a blank or break in a label."""
    rng = random.Random(seed)
    fields = list(known.fields)
    if shuffle:
        rng.shuffle(fields)
    cells = [(_broken(label, rng, blanks), _spaced(value, rng, blanks)) for label, value in fields]
    title = _broken(known.title, rng, blanks / 4)
    if style == "pipes":
        rows = [f"| {label} | {value} |" for label, value in cells]
        body = "\n".join(rows)
    elif style == "glued":
        body = "".join(label + value for label, value in cells)
    elif style == "colons":
        body = "\n".join(f"{label}: {value}" for label, value in cells)
    elif style == "tabs":
        body = "\n".join(f"{label}\t{value}" for label, value in cells)
    elif style == "under":
        body = "\n".join(f"{label}\n{value}" for label, value in cells)
    else:
        flat = [part for cell in cells for part in cell]
        body = "\n".join("  ".join(flat[i : i + 4]) for i in range(0, len(flat), 4))
    text = f"{title}\n一、不良贷款基本信息\n{body}\n"
    return "".join(_WIDE.get(char, char) if rng.random() < wide else char for char in text)


def _broken(text: str, rng: random.Random, chance: float) -> str:
    """Stray blanks and line breaks between Chinese characters."""
    made = ""
    for before, after in zip(text, text[1:] + " ", strict=True):
        made += before
        if before > "一" and after > "一" and rng.random() < chance:
            made += rng.choice([" ", "  ", "\n", " \n"])
    return made


def _spaced(value: str, rng: random.Random, chance: float) -> str:
    """A stray blank behind a grouping comma, inside a name or around a count."""
    made = ""
    for char in value:
        made += char
        if char in ",;" and rng.random() < chance:
            made += rng.choice([" ", "\n"]) if char == ";" else " "
    return made
