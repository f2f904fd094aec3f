"""``postloan letters``: letters from approved templates, printed in batches, with codes that prove them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen

if TYPE_CHECKING:
    from postloan.adapters.letter_batch import Printed

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Letters from approved templates: print, prove, check (信函).",
)

OnOption = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="Day of the letters; today if left out.")
]
KeyOption = Annotated[
    Path,
    typer.Option("--key", metavar="FILE", help="Secret of the codes on letters; made if it is not there."),
]


@app.callback()
def _letters() -> None:
    """Letters from approved templates: print, prove, check (信函)."""


@app.command("templates")
def templates(
    given: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND|FILE.yaml]…", help="Templates to check; all that come with postloan if left out."
        ),
    ] = None,
    on: OnOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check templates against the rule book; list them with their versions (模板)."""
    from datetime import date

    from postloan.adapters.letter_files import day_or, template_text
    from postloan.delivery.templates import KINDS, read_template
    from postloan.rules import load_book

    screen = Screen(lang, json=json, quiet=quiet)
    book, day = load_book(), day_or(on, date.today())
    found = []
    for one in given or KINDS:
        text, name = template_text(one)
        made = read_template(text, name, book, on=day)
        found.append(
            {
                "kind": made.kind,
                "title": made.title,
                "item": made.item,
                "version": made.version,
                "demands": made.demands,
            }
        )
    if json:
        screen.json(found)
    heads = screen.text(
        "Kind|Title|Name of the content|Version|Demands", "种类|标题|内件品名|版本|请求履行"
    ).split("|")
    screen.table("", heads, [tuple(one.values()) for one in found])


@app.command("print")
def print_letters(
    letters: Annotated[Path, typer.Argument(metavar="LETTERS", help="A line a letter: .csv or .parquet.")],
    template: Annotated[
        str,
        typer.Option(
            "--template",
            metavar="KIND|FILE",
            help="demand, plan, transfer, reminder, limitation, dispute, settlement, lawyer, or a .yaml file.",
        ),
    ],
    sender: Annotated[
        Path, typer.Option("--sender", metavar="FILE", help="Who sends: facts, envelope, verify_url (.yaml).")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder of the batch; one that was cut short goes on."),
    ],
    key: KeyOption = Path("letters.key"),
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="URL", help="Take the amounts of each letter's day from this ledger."),
    ] = None,
    on: OnOption = None,
    skip_withheld: Annotated[
        bool, typer.Option("--skip-withheld", help="Print the others where some cannot be printed.")
    ] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that set letters.")] = 2,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print a batch in postal order: PDF of letters and of envelopes, manifest as csv and xlsx (批量打印)."""
    from datetime import date

    from postloan.adapters.letter_batch import Batch, print_batch
    from postloan.adapters.letter_files import day_or, open_orders, read_sender, secret_key, template_text
    from postloan.adapters.letter_setting import lacks
    from postloan.cli.store import opened
    from postloan.delivery.letter import Filler
    from postloan.delivery.templates import read_template
    from postloan.rules import load_book
    from postloan.workflows.lettering import from_ledger

    screen = Screen(lang, json=json, quiet=quiet)
    book, day = load_book(), day_or(on, date.today())
    text, name = template_text(template)
    orders = open_orders(letters, amounts=db is None)
    made = read_template(text, name, book, on=day)
    filler = Filler(made, read_sender(sender), book, on=day, key=secret_key(key, create=True), lacks=lacks)
    with screen.steps() as tell, ExitStack() as ledger:
        batch = Batch(orders, filler, text, book.version, workers=workers)
        if db is not None:
            records = ledger.enter_context(opened(db, screen))
            amounts = ledger.enter_context(from_ledger(records, book, given=orders.amounts))
            batch = replace(batch, change=amounts)
        done = print_batch(batch, out, skip_withheld=skip_withheld, tell=tell)
    _say_printed(screen, done)


def _say_printed(screen: Screen, done: Printed) -> None:
    if screen.as_json:
        screen.json(
            {
                "letters": done.letters,
                "withheld": done.withheld,
                "chunks": done.chunks,
                "resumed": done.resumed,
                "out": str(done.out),
            }
        )
    screen.say(
        f"{done.letters} letters in {done.chunks} chunks ({done.resumed} were there already), {done.withheld} withheld: {done.out}",
        f"已打印 {done.letters} 封，共 {done.chunks} 组（其中 {done.resumed} 组此前已完成），未打印 {done.withheld} 封：{done.out}",
    )


@app.command("genuine")
def genuine(
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE", help="What the QR code of a letter says after the address of the page."
        ),
    ],
    key: KeyOption = Path("letters.key"),
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tell whether the code on a letter is genuine, and of which letter (核验真伪)."""
    from postloan.adapters.letter_files import secret_key
    from postloan.delivery.tokens import letter_of

    screen = Screen(lang, json=json, quiet=quiet)
    number = letter_of(code, secret_key(key))
    if json:
        screen.json({"letter_no": number, "genuine": True})
    screen.say(f"Genuine: letter {number}.", f"真实：函件 {number}。")


@app.command("evidence")
def evidence(
    letter: Annotated[str, typer.Argument(metavar="LETTER_NO", help="Number of the letter.")],
    batch: Annotated[
        Path, typer.Option("--batch", metavar="DIR", help="Folder of the batch that it was printed in.")
    ],
    events: Annotated[
        Path,
        typer.Option(
            "--events",
            metavar="FILE",
            help="Tracking as received: .jsonl or .csv with letter_no, carrier, code, text, at.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PACK.zip", help="The pack.")],
    proofs: Annotated[
        Path | None,
        typer.Option(
            "--proofs",
            metavar="DIR",
            help="Scans of receipts and return slips, each named by its letter's number.",
        ),
    ] = None,
    refuser: Annotated[
        bool, typer.Option("--refuser-identified", help="The scans show who refused.")
    ] = False,
    key: Annotated[
        Path,
        typer.Option(
            "--key",
            metavar="FILE",
            help="Ed25519 key to sign with (PEM); made if it is not there, its public half beside it.",
        ),
    ] = Path("evidence.pem"),
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Day of the pack; today if left out.")
    ] = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put everything about a letter into a signed zip, with a page that sums it up (证据包)."""
    from datetime import date

    from postloan.adapters.letter_evidence import make_pack, signing_key
    from postloan.adapters.letter_files import day_or
    from postloan.adapters.tracking_files import read_events
    from postloan.rules import load_book

    screen = Screen(lang, json=json, quiet=quiet)
    told = read_events(events)
    said = make_pack(
        batch, letter, told.events, out, book=load_book(), on=day_or(on, date.today()), key=signing_key(key),
        proofs=proofs, refuser_identified=refuser,
    )  # fmt: skip
    if json:
        screen.json({**said, "pack": str(out)})
    lacking = ", ".join(said["missing"])
    screen.say(
        f"{out}: letter {letter}, {said['outcome'] or 'no outcome yet'}, {said['effect']}"
        + (f"; still missing for limitation: {lacking}" if lacking else ""),
        f"{out}：函件 {letter}，结果 {said['outcome'] or '尚无'}，效力 {said['effect']}"
        + (f"；时效中断证据尚缺 {lacking}" if lacking else ""),
    )


@app.command("verify")
def verify(
    pack: Annotated[Path, typer.Argument(metavar="PACK.zip", help="An evidence pack.")],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE.pub",
            help="Public key that it must be signed with; without it only the key in the pack is tried.",
        ),
    ] = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """See whether an evidence pack is as it was signed; any change is named (核验证据包)."""
    from postloan.adapters.letter_evidence import verify_pack
    from postloan.workflows.as_json import as_json

    screen = Screen(lang, json=json, quiet=quiet)
    found = verify_pack(pack, key)
    if json:
        screen.json(as_json(found))
    screen.say(
        f"Unchanged: letter {found.letter_no}, {found.files} files, made on {found.made_on}, key {found.key}"
        + ("." if found.trusted else "; the key came with the pack, compare it with the lender's."),
        f"未被改动：函件 {found.letter_no}，{found.files} 个文件，制作日 {found.made_on}，密钥 {found.key}"
        + ("。" if found.trusted else "；密钥取自包内，请与机构公布的密钥比对。"),
    )
