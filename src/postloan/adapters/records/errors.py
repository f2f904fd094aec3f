"""What can go wrong with a store, each in one clear line; and what the drivers say, translated into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from postloan.kernel import PostloanError
from postloan.ledger.store import AlreadyThere


class NoStore(PostloanError):
    """There is no store at {url}.

    Make one with `postloan open`, or check the address given with --db.
    """

    zh = "{url} 处没有账务库。请用 `postloan open` 建库，或核对 --db 给出的地址。"


class BadAddress(PostloanError):
    """'{url}' is not the address of a store.

    Give a file (books.db), sqlite:///books.db or postgresql://user@host/name.
    """

    zh = (
        "“{url}”不是账务库地址。请给出文件名（books.db）、sqlite:///books.db 或 postgresql://用户@主机/库名。"
    )


class NotAStore(PostloanError):
    """{url} is a database, but not one that postloan made.

    Choose another name with --db, so that nothing of yours is changed.
    """

    zh = "{url} 是数据库，但不是由 postloan 建立的。请用 --db 另选，以免改动您的数据。"


class NewerStore(PostloanError):
    """The store at {url} has schema {found}, which this version of postloan does not know; it knows up to {known}.

    Install the version that made it, or a later one. Nothing was changed.
    """

    zh = (
        "{url} 的库结构版本为 {found}，本程序只支持到 {known}。请安装建库时的版本或更新的版本。未作任何改动。"
    )


class DriverMissing(PostloanError):
    """PostgreSQL needs a driver that is not installed.

    Install it with: pip install 'postloan[postgres]'
    """

    zh = "缺少 PostgreSQL 驱动。请执行：pip install 'postloan[postgres]'"


class StoreGone(PostloanError):
    """The store at {url} cannot be reached: {why}.

    What was not committed is undone, nothing is doubled. Bring the database back and do the step again.
    """

    zh = "无法访问账务库 {url}：{why}。未提交的内容已撤销，不会重复入账。请恢复数据库后重做该步骤。"


class StoreFull(PostloanError):
    """The store at {url} has no space left.

    The step was undone as a whole. Free some space and do it again.
    """

    zh = "账务库 {url} 空间不足。该步骤已整体撤销。请释放空间后重做。"


class StoreBusy(PostloanError):
    """Somebody else is writing to the store at {url} and did not finish in time.

    Nothing was changed. Wait for the other work to end and try again.
    """

    zh = "账务库 {url} 正被他人写入，等待超时。未作任何改动，请稍后重试。"


class StoreReadOnly(PostloanError):
    """The store at {url} may not be written.

    Ask for the right to write to it, its folder included.
    """

    zh = "账务库 {url} 不可写入。请取得该库及其所在文件夹的写权限。"


class BrokenReference(PostloanError):
    """A {kind} refers to something that is not in the store; nothing was changed.

    Add what it refers to first (a loan before its events, a file before its payments).
    """

    zh = "{kind} 所引用的内容不在库中，未作任何改动。请先录入被引用的内容（先贷款后账务，先文件后还款）。"


class ClockWentBack(PostloanError):
    """The clock says {at}, but the journal's last entry is of {last}.

    Set the clock right; nothing was changed.
    """

    zh = "系统时间为 {at}，而日志最后一条为 {last}。请校准时钟；未作任何改动。"


_FULL = {"53100", "53200"}
_BUSY = {"55P03", "40001", "40P01", "57014"}
_DENIED = {"42501", "25006"}


@contextmanager
def translated(url: str, kind: str = "record", key: str = "key") -> Iterator[None]:
    """Give what a driver raises as one of the errors above."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _known(error.orig, url, kind, key) or error from error
    except sa.exc.TimeoutError as error:
        raise StoreBusy(url=url) from error
    except Exception as error:
        if (known := _known(error, url, kind, key)) is None:
            raise
        raise known from error


def _known(error: BaseException | None, url: str, kind: str, key: str) -> PostloanError | None:
    """The same thing in our words; None where the error is not a database's."""
    module = type(error).__module__.partition(".")[0]
    if module == "sqlite3":
        return _sqlite(error, url, kind, key)
    if module == "psycopg":
        return _postgres(error, url, kind, key)
    return None


def _sqlite(error: BaseException | None, url: str, kind: str, key: str) -> PostloanError | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    text = str(error)
    if name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"):
        return AlreadyThere(kind=kind, key=text.partition(": ")[2].replace(f"{kind}.", "") or key)
    if name == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return BrokenReference(kind=kind)
    if name.startswith("SQLITE_FULL"):
        return StoreFull(url=url)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(url=url)
    if name.startswith("SQLITE_READONLY"):
        return StoreReadOnly(url=url)
    if name == "SQLITE_NOTADB":
        return NotAStore(url=url)
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_CORRUPT")):
        return StoreGone(url=url, why=text)
    return None


def _postgres(error: BaseException | None, url: str, kind: str, key: str) -> PostloanError | None:
    state = getattr(error, "sqlstate", None) or ""
    why = str(error).strip().split("\n")[0]
    if state == "23505":
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        return AlreadyThere(kind=kind, key=constraint or key)
    if state == "23503":
        return BrokenReference(kind=kind)
    if state in _FULL:
        return StoreFull(url=url)
    if state in _BUSY:
        return StoreBusy(url=url)
    if state in _DENIED:
        return StoreReadOnly(url=url)
    if state.startswith(("08", "57", "3D", "28")) or type(error).__name__ == "OperationalError":
        return StoreGone(url=url, why=why or "the connection was lost")
    return None
