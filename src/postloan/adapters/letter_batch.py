"""Thousands of letters as print-ready PDF in postal order, chunk by chunk: each is there whole or not at all.

A chunk is done when its ``chunk-NNNN.json`` stands beside files whose hashes it names; a batch that was cut short goes
on where it stopped. Every few chunks a process makes way for a new one, since the typesetter remembers what it set.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from postloan.adapters.files_whole import make_folder, whole, write_text
from postloan.adapters.letter_files import OrderFile, order_of
from postloan.delivery.letter import Filler, Letter, Order, Withheld
from postloan.kernel import PostloanError
from postloan.kernel.personal import mask_name

CHUNK = 250
"""Letters of a chunk: enough that the typeface is not embedded too often, few enough for the memory."""
_LIFE = 2
"""Chunks that a process sets before it makes way."""

COLUMNS: Mapping[str, str] = {
    "seq": "序号", "letter_no": "函件编号", "item_name": "内件品名", "contract_no": "合同编号", "loan_id": "贷款编号",
    "borrower_id": "借款人编号", "recipient": "收件人", "postcode": "邮政编码", "product": "产品",
    "address_class": "地址类别", "source": "地址来源", "kind": "函件种类", "template": "模板版本",
    "demands": "请求履行", "letter_date": "发函日期", "as_of": "金额截止日", "total": "金额合计",
    "text_sha256": "内容哈希", "file": "信函文件", "page_from": "起始页", "page_to": "末页",
    "envelope_file": "信封文件", "envelope_page": "信封页",
}  # fmt: skip
"""Columns of the manifest: code, and the heading in the workbook."""


class OtherBatch(PostloanError):
    """{out} holds another batch: {why} is not the same.

    Choose an empty folder with --out, or give again what that batch was begun with.
    """

    zh = "{out} 中已有另一批函件：{why} 不一致。请用 --out 选择空文件夹，或使用该批次原有的输入。"


class LettersWithheld(PostloanError):
    """{count} of {of} letters cannot be printed, so none was.

    The first: {first}. Mend the rows, or leave them out with --skip-withheld; {listed} lists all of them.
    """

    zh = (
        "{of} 封函件中有 {count} 封不能打印，因此未打印任何函件。第一封：{first_zh}。"
        "请修正，或用 --skip-withheld 跳过；{listed} 列出全部。"
    )


@dataclass(frozen=True, slots=True)
class Printed:
    """What a batch came to. letters: printed. resumed: chunks that were there already."""

    letters: int
    withheld: int
    chunks: int
    resumed: int
    out: Path


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch is made of.

    change: looks up or changes an order before it is filled, or says why it is withheld. workers: processes. chunk:
    letters that are set together.
    """

    orders: OrderFile
    filler: Filler
    template_text: str
    rule_book: str
    change: Callable[[Order, Mapping[str, str]], Order | Withheld] = lambda order, row: order
    workers: int = 2
    chunk: int = CHUNK


def print_batch(
    batch: Batch,
    out: Path,
    *,
    skip_withheld: bool = False,
    tell: Callable[[str, str], None] = lambda en, zh: None,
) -> Printed:
    """Print all letters of a batch and their manifest; go on with one that was cut short.

    Raises:
        LettersWithheld: some cannot be printed, and are not to be skipped. OtherBatch: the folder holds another.
    """
    make_folder(out)
    for left in out.glob(".*.tmp"):  # of a process that was killed
        left.unlink(missing_ok=True)
    plan = _plan(batch, out)
    good, withheld = _looked_through(batch)
    _list_withheld(withheld, out)
    if withheld and not skip_withheld:
        first = withheld[0].says
        raise LettersWithheld(
            count=len(withheld),
            of=len(batch.orders),
            first=first["en"],
            first_zh=first["zh"],
            listed=out / "withheld.csv",
        )
    write_text(out / "template.yaml", batch.template_text)
    write_text(out / "plan.json", json.dumps(plan, indent=2) + "\n")
    chunks = -(-len(good) // batch.chunk)
    resumed = _set_chunks(batch, good, out, chunks, tell)
    _manifest(out, chunks)
    return Printed(len(good), len(withheld), chunks, resumed, out)


def _plan(batch: Batch, out: Path) -> dict[str, Any]:
    """What the batch is made of; that it is the same where it was begun before."""
    made = batch.filler
    plan = {
        "letters": batch.orders.digest, "template": made.template.version, "on": made.on.isoformat(),
        "sender": hashlib.sha256(repr(made.sender).encode()).hexdigest(), "rule_book": batch.rule_book,
        "chunk": batch.chunk, "key": made.key_mark,
    }  # fmt: skip
    path = out / "plan.json"
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        for name, value in plan.items():
            if before.get(name) != value:
                raise OtherBatch(out=out, why=name)
    return plan


def _filled(batch: Batch, start: int, count: int) -> Iterator[Letter | Withheld]:
    for row in batch.orders.rows(start, count):
        try:
            order = batch.change(order_of(row), row)
        except PostloanError as error:
            said = {
                "en": f"letter {row['letter_no'] or '?'}: {error.message('en')}",
                "zh": f"函件 {row['letter_no'] or '?'}：{error.message('zh')}",
            }
            yield Withheld(row["letter_no"], row["borrower_id"], "unreadable", said)  # type: ignore[arg-type]
            continue
        yield order if isinstance(order, Withheld) else batch.filler.fill(order)


def _looked_through(batch: Batch) -> tuple[list[int], list[Withheld]]:
    """The places of the rows that can be printed, and what is withheld; nothing is kept of the letters themselves."""
    good: list[int] = []
    withheld: list[Withheld] = []
    seen: set[str] = set()
    for place, found in enumerate(_filled(batch, 0, len(batch.orders))):
        if isinstance(found, Letter):
            number = found.order.letter_no
            if number in seen:
                said = {"en": f"letter {number}: the number stands twice", "zh": f"函件 {number}：编号重复"}
                withheld.append(Withheld(number, found.order.borrower_id, "twice", said))  # type: ignore[arg-type]
            else:
                seen.add(number)
                good.append(place)
        else:
            withheld.append(found)
    return good, withheld


def _list_withheld(withheld: Sequence[Withheld], out: Path) -> None:
    path = out / "withheld.csv"
    if not withheld:
        path.unlink(missing_ok=True)
        return
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["letter_no", "borrower_id", "code", "says_en", "says_zh"])
    rows.writerows(
        [one.letter_no, one.borrower_id, one.code, one.says["en"], one.says["zh"]] for one in withheld
    )
    write_text(path, "\ufeff" + text.getvalue())


def _set_chunks(
    batch: Batch, good: Sequence[int], out: Path, chunks: int, tell: Callable[[str, str], None]
) -> int:
    missing = [number for number in range(1, chunks + 1) if not _is_done(out, number)]
    context = multiprocessing.get_context("spawn")
    running: set[Future[None]] = set()
    with ProcessPoolExecutor(
        min(batch.workers, max(len(missing), 1)), context, max_tasks_per_child=_LIFE
    ) as pool:
        for number in missing:
            if len(running) > batch.workers:
                running = _wait(running)
            tell(f"chunk {number} of {chunks}", f"第 {number} 组，共 {chunks} 组")
            places = good[(number - 1) * batch.chunk : number * batch.chunk]
            letters = [_one(batch, place) for place in places]
            rows = [
                _row(batch, letter, (number - 1) * batch.chunk + i + 1) for i, letter in enumerate(letters)
            ]
            contents = [letter.content for letter in letters]
            running.add(pool.submit(set_chunk, str(out), number, contents, rows, batch.filler.on))
        while running:
            running = _wait(running)
    return chunks - len(missing)


def _wait(running: set[Future[None]]) -> set[Future[None]]:
    done, rest = wait(running, return_when=FIRST_COMPLETED)
    for one in done:
        one.result()
    return set(rest)


def _one(batch: Batch, place: int) -> Letter:
    (found,) = _filled(batch, place, 1)
    if isinstance(found, Letter):
        return found
    raise AssertionError(f"row {place} was good a moment ago")


def _row(batch: Batch, letter: Letter, seq: int) -> dict[str, Any]:
    order, template = letter.order, batch.filler.template
    contract = order.facts.get("contract_no", "")
    return {
        "seq": seq, "letter_no": order.letter_no, "item_name": f"{template.item}（合同{contract or order.loan_id}）",
        "contract_no": contract, "loan_id": order.loan_id, "borrower_id": order.borrower_id,
        "recipient": mask_name(letter.content["envelope"]["name"]), "postcode": order.postcode,
        "product": order.product, "address_class": order.address_class, "source": order.source,
        "kind": template.kind, "template": template.version, "demands": template.demands,
        "letter_date": batch.filler.on.isoformat(), "as_of": order.as_of.isoformat(),
        "total": str(order.owed.total.as_yuan), "text_sha256": letter.digest,
    }  # fmt: skip


def set_chunk(
    out: str, number: int, contents: list[Mapping[str, Any]], rows: list[dict[str, Any]], on: date
) -> None:
    """Set one chunk and write its files; the note that it is done comes last. Runs in a process of its own."""
    from postloan.adapters.letter_setting import envelopes_pdf, letters_pdf, page_count

    letters, first = letters_pdf(contents, on=on)
    ends = [*(page - 1 for page in first[1:]), page_count(letters)]
    names = _names(number)
    for i, row in enumerate(rows):
        row.update(
            file=names[0], page_from=first[i], page_to=ends[i], envelope_file=names[1], envelope_page=i + 1
        )
    kept = "".join(json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n" for content in contents)
    hashes = {}
    for name, data in zip(
        names, (letters, envelopes_pdf(contents, on=on), kept.encode("utf-8")), strict=True
    ):
        with whole(Path(out) / name) as part:
            part.write_bytes(data)
        hashes[name] = hashlib.sha256(data).hexdigest()
    note = json.dumps({"files": hashes, "rows": rows}, ensure_ascii=False)
    write_text(Path(out) / f"chunk-{number:04d}.json", note + "\n")


def _names(number: int) -> tuple[str, str, str]:
    return f"letters-{number:04d}.pdf", f"envelopes-{number:04d}.pdf", f"contents-{number:04d}.jsonl"


def _is_done(out: Path, number: int) -> bool:
    """Whether a chunk's note and the files that it names are there unharmed."""
    try:
        note = json.loads((out / f"chunk-{number:04d}.json").read_text(encoding="utf-8"))
        return all(
            hashlib.sha256((out / name).read_bytes()).hexdigest() == digest for name, digest in note["files"].items()
        )  # fmt: skip
    except (OSError, ValueError, KeyError):
        return False


def chunk_rows(out: Path, chunks: int) -> Iterator[Mapping[str, Any]]:
    """The rows of the manifest, in postal order."""
    for number in range(1, chunks + 1):
        yield from json.loads((out / f"chunk-{number:04d}.json").read_text(encoding="utf-8"))["rows"]


def _manifest(out: Path, chunks: int) -> None:
    """The manifest as csv and as a workbook (交寄清单)."""
    import xlsxwriter

    with whole(out / "manifest.csv") as part, part.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictWriter(stream, list(COLUMNS))
        rows.writeheader()
        rows.writerows(chunk_rows(out, chunks))
    with whole(out / "manifest.xlsx") as part:
        book = xlsxwriter.Workbook(str(part), {"constant_memory": True, "strings_to_formulas": False})
        sheet = book.add_worksheet("交寄清单")
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, list(COLUMNS.values()), book.add_format({"bold": True}))
        for line, row in enumerate(chunk_rows(out, chunks), start=1):
            sheet.write_row(line, 0, [row[name] for name in COLUMNS])
        book.close()
