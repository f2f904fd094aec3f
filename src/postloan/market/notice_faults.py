"""What can be wrong with a notice that a user hands in."""

from __future__ import annotations

from postloan.kernel import PostloanError


class BadNotice(PostloanError):
    """{where}: {what}.

    {mend}
    """

    zh = "{where}：{what_zh}。{mend_zh}"


class NotANotice(PostloanError):
    """{where} holds no notice: no disclosure table and no known label (未偿本息总额, 资产笔数, …) in it.

    Give the text of one 转让公告 or 招商公告, with its table 不良贷款基本信息 or lines such as
    未偿本息总额: 5.81亿元.
    """

    zh = (
        "{where} 中没有公告：既无信息披露表，也无已知字段（未偿本息总额、资产笔数等）。"
        "请提供一份转让公告或招商公告的文本，含“不良贷款基本信息”表，或“未偿本息总额: 5.81亿元”这样的行。"
    )
