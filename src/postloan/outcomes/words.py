"""How a page speaks: texts, amounts, shares and names in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from postloan.kernel import Lang
from postloan.kernel.money import round_to
from postloan.outcomes import bands
from postloan.tape import tables
from postloan.tape.terms import terms

NONE = "—"
"""Stands where nothing is known."""


@cache
def texts() -> Mapping[str, Mapping[Lang, str]]:
    """Every text of the report and of the statistics by key, in both languages."""
    raw = yaml.safe_load((files("postloan.outcomes") / "texts.yaml").read_text(encoding="utf-8"))
    flat: dict[str, Mapping[Lang, str]] = {}
    for group, entries in raw.items():
        for key, entry in entries.items():
            flat[f"{group}.{key}"] = {"en": entry[0], "zh": entry[1]}
    return flat


class Words:
    """The texts and number forms of one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def t(self, key: str, **facts: object) -> str:
        """The text with its facts filled in.

        Raises:
            KeyError: there is no such text (a programming mistake).
        """
        return texts()[key][self.lang].format(**facts)

    def pick(self, by_lang: Mapping[Any, str]) -> str:
        """The one of two texts that is in the reader's language."""
        return by_lang[self.lang]

    def yuan(self, amount: Decimal | None) -> str:
        """An amount to the fen: 1,234.56."""
        return NONE if amount is None else f"{amount:,.2f}"

    def big(self, amount: Decimal | None) -> str:
        """An amount in the unit that people say: 581.00 million yuan, 5.81亿元."""
        if amount is None:
            return NONE
        if self.lang == "zh":
            if abs(amount) >= 100_000_000:
                return f"{round_to(Decimal(amount) / 100_000_000, 2):,}亿元"
            if abs(amount) >= 10_000:
                return f"{round_to(Decimal(amount) / 10_000, 2):,}万元"
            return f"{amount:,.2f}元"
        if abs(amount) >= 1_000_000_000:
            return f"¥{round_to(Decimal(amount) / 1_000_000_000, 2):,} billion"
        if abs(amount) >= 1_000_000:
            return f"¥{round_to(Decimal(amount) / 1_000_000, 2):,} million"
        return f"¥{amount:,.2f}"

    def n(self, count: int | None) -> str:
        """A count: 55,400."""
        return NONE if count is None else f"{count:,}"

    def pct(self, share: float | Decimal | None, places: int = 1) -> str:
        """A share of one as a percentage: 8.6 %."""
        if share is None:
            return NONE
        if 0 < share < 0.5 * 10 ** (-places - 2):
            return f"<{10.0**-places:.{places}f}%"
        if 1 > share > 1 - 0.5 * 10 ** (-places - 2):
            return f">{100 - 10.0**-places:.{places}f}%"
        return f"{float(share) * 100:.{places}f}%"

    def score(self, share: float) -> str:
        """A score of one as points of a hundred; 100.0 only where nothing is missing."""
        return self.pct(share).removesuffix("%")

    def days(self, value: Decimal | None) -> str:
        """Days with two decimals, as notices print them."""
        return NONE if value is None else f"{round_to(Decimal(value), 2):,}"

    def term(self, enum: str, code: str) -> str:
        """What people call a code of a closed list; the code itself where it is not in the list."""
        if not code:
            return self.t("page.not_stated")
        term = terms()[enum].get(code)
        if term is None:
            return code
        return term.zh if self.lang == "zh" else term.en[:1].upper() + term.en[1:]

    def table(self, name: str) -> str:
        """What people call a table of the tape."""
        return tables()[name].label(self.lang) if name in tables() else name

    def column(self, table: str, name: str) -> str:
        """What people call a column of a table of the tape; its name where the tape knows none."""
        columns = tables()[table].columns if table in tables() else {}
        label = columns[name].label(self.lang) if name in columns else name
        return label[:1].upper() + label[1:]

    def listed(self, columns: Iterable[tuple[str, str]]) -> str:
        """Columns as one text: each table with its columns."""
        by_table: dict[str, list[str]] = {}
        for table, column in columns:
            by_table.setdefault(self.table(table), []).append(self.column(table, column))
        comma, colon, stop = ("、", "：", "；") if self.lang == "zh" else (", ", ": ", "; ")
        return stop.join(f"{table}{colon}{comma.join(names)}" for table, names in by_table.items())

    def band(self, dimension: str, band: int | str, first_year: int) -> str:
        """The name of a band of a dimension of the stratification."""
        if band in (0, ""):
            return self.t("page.not_stated")
        if isinstance(band, str):
            return band if self.lang == "zh" else PROVINCES.get(band[:2], band)
        match dimension:
            case "overdue":
                return bands.days_label(band, self.lang)
            case "balance":
                return bands.yuan_label(band, self.lang)
            case "age":
                return bands.age_label(band, self.lang)
            case "originated":
                return bands.year_label(band, first_year, self.lang)
            case "litigation":
                return self.term("litigation", bands.LITIGATION[band])
            case "guarantee":
                return self.term("guarantees", bands.GUARANTEE[band])
        return self.term("products", bands.PRODUCT[band])


PROVINCES = {
    "北京": "Beijing", "天津": "Tianjin", "河北": "Hebei", "山西": "Shanxi", "内蒙": "Inner Mongolia",
    "辽宁": "Liaoning", "吉林": "Jilin", "黑龙": "Heilongjiang", "上海": "Shanghai", "江苏": "Jiangsu",
    "浙江": "Zhejiang", "安徽": "Anhui", "福建": "Fujian", "江西": "Jiangxi", "山东": "Shandong",
    "河南": "Henan", "湖北": "Hubei", "湖南": "Hunan", "广东": "Guangdong", "广西": "Guangxi",
    "海南": "Hainan", "重庆": "Chongqing", "四川": "Sichuan", "贵州": "Guizhou", "云南": "Yunnan",
    "西藏": "Tibet", "陕西": "Shaanxi", "甘肃": "Gansu", "青海": "Qinghai", "宁夏": "Ningxia",
    "新疆": "Xinjiang", "台湾": "Taiwan", "香港": "Hong Kong", "澳门": "Macao",
}  # fmt: skip
"""English names of provinces by the first two characters of the Chinese name."""

SELLER_TYPES = {
    "国有大型商业银行": "State-owned bank", "股份制商业银行": "Joint-stock bank",
    "消费金融公司": "Consumer-finance company",
    "汽车金融公司": "Auto-finance company", "农村中小银行机构": "Rural bank", "城市商业银行": "City bank",
    "政策性银行": "Policy bank", "金融租赁公司": "Financial-leasing company", "信托公司": "Trust company",
}  # fmt: skip
"""English names of kinds of sellers as notices call them."""

LOAN_KINDS = {
    "个人消费贷款": "Consumer", "信用卡透支": "Credit card", "个人经营类贷款": "Business", "个人经营性贷款": "Business",
    "个人消费及经营性贷款": "Consumer and business", "个人不良贷款": "Personal, kind not stated",
}  # fmt: skip
"""English names of kinds of loans as notices call them."""

DOC_KINDS = {
    "转让公告": "Listing", "招商公告": "Marketing notice", "转让公告(重新挂牌)": "Relisting",
    "债权转让公告(协议)": "Negotiated sale",
}  # fmt: skip
"""English names of kinds of notices."""


def named(names: Mapping[str, str], value: str | None, lang: Lang) -> str:
    """A Chinese term of a notice in the reader's language; the term itself where no English is known."""
    if not value:
        return NONE
    return value if lang == "zh" else names.get(value, value)
