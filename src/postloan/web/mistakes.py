"""What can go wrong on the way to a page, each with the sentence that the visitor reads."""

from __future__ import annotations

from postloan.kernel import PostloanError


class NotSignedIn(PostloanError):
    """Sign in to see this page."""

    zh = "请先登录。"


class PasswordToChoose(PostloanError):
    """Choose a password of your own first."""

    zh = "请先设置自己的密码。"


class NotAllowed(PostloanError):
    """Your roles do not include this.

    Ask an administrator if you need it for your work.
    """

    zh = "您的角色没有此项权限。如工作需要，请联系管理员。"


class NotFromHere(PostloanError):
    """The form was not sent from a page of this session, or the page was too old.

    Nothing was changed. Open the page again and repeat what you wanted to do.
    """

    zh = "表单不是由本次登录的页面提交的，或页面已过期。未作任何改动，请重新打开页面后再操作。"


class TooManyAttempts(PostloanError):
    """Too many wrong passwords.

    Try again in {minutes} min.
    """

    zh = "密码错误次数过多，请 {minutes} 分钟后再试。"


class WrongPassword(PostloanError):
    """This name and password do not go together, or the account is closed."""

    zh = "用户名与密码不符，或账户已停用。"


class WeakPassword(PostloanError):
    """A new password has at least {least} characters and is not the old one."""

    zh = "新密码至少 {least} 个字符，且不得与原密码相同。"


class PasswordsDiffer(PostloanError):
    """The new password was not repeated alike."""

    zh = "两次输入的新密码不一致。"


class BadName(PostloanError):
    """'{name}' cannot be a user's name.

    Use two to forty small letters, digits, dots, hyphens or underscores, beginning with a letter.
    """

    zh = "“{name}”不能作为用户名。请使用 2 至 40 个小写字母、数字、点、连字符或下划线，并以字母开头。"


class NoRoles(PostloanError):
    """A user needs at least one role."""

    zh = "请至少选择一个角色。"


class OwnAccount(PostloanError):
    """Nobody closes or changes their own account; another administrator does it."""

    zh = "不能停用或更改自己的账户，请由另一名管理员操作。"


class PurposeMissing(PostloanError):
    """Personal data is shown only for a stated purpose.

    Choose one; it goes into the journal with your name.
    """

    zh = "查看个人信息必须说明用途。请选择用途；用途与您的用户名将记入日志。"


class NotSure(PostloanError):
    """Nothing was done: it was not said that the figures were looked at.

    Go back, read the figures and tick the box.
    """

    zh = "未作任何改动：尚未勾选确认已核对数字。请返回核对后勾选。"


class BadShare(PostloanError):
    """'{text}' is not a yearly rate in per cent.

    Write it as 12 or 12.5, from 0 to 100.
    """

    zh = "“{text}”不是以百分数表示的年利率。请填写 0 至 100 之间的数，如 12 或 12.5。"


class BadCount(PostloanError):
    """'{text}' is not a number of instalments.

    Write a whole number from 1 to {most}.
    """

    zh = "“{text}”不是有效期数。请填写 1 至 {most} 的整数。"


class BadWeight(PostloanError):
    """'{text}' is not a risk weight in per cent.

    Write it as 75 or 100.
    """

    zh = "“{text}”不是以百分数表示的风险权重。请填写如 75 或 100。"


class NothingChosen(PostloanError):
    """No loan is named.

    Write the numbers of the loans, one a line.
    """

    zh = "未填写贷款。请逐行填写贷款编号。"


class ReasonMissing(PostloanError):
    """Nothing was done: no reason is given.

    Go back and say why; it goes into the journal with your name.
    """

    zh = "未作任何改动：未填写理由。请返回填写；理由与您的用户名将记入日志。"


class TooFarAhead(PostloanError):
    """The day {day} is too far ahead to be worked out.

    Ask about a day within two years.
    """

    zh = "{day} 过远，无法推算。请查询两年以内的日期。"


class AddressTaken(PostloanError):
    """The address {host}:{port} cannot be used: {why}.

    Choose another with --port or --host.
    """

    zh = "无法使用地址 {host}:{port}：{why}。请用 --port 或 --host 另选。"
