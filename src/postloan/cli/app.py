"""The commands by noun. A noun's module is imported only when one of its commands runs."""

from __future__ import annotations

import importlib
from typing import Annotated, Any

import typer
import typer.core
import typer.main

from postloan import __version__

# name: (module, attribute, one line of help)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": (
        "postloan.cli.run",
        "run",
        "Take a tape through every stage: checked, graded, packaged, reported.",
    ),
    "demo": ("postloan.cli.demo", "demo", "Re-materialise a published package and run everything on it."),
    "tape": ("postloan.cli.tape", "app", "Check a tape, map its headers, compare two versions."),
    "notice": ("postloan.cli.notice", "app", "Read and write transfer notices (转让公告)."),
    "market": ("postloan.cli.market", "app", "Statistics of a register of notices."),
    "abs": ("postloan.cli.abs", "app", "Securitisations (资产证券化): check, run, solve, report."),
    "synth": (
        "postloan.cli.synth",
        "app",
        "Make synthetic tapes from notices, and nights of payments (合成数据).",
    ),
    "address": ("postloan.cli.address", "app", "Parse addresses (地址), measure and train the parser."),
    "reach": ("postloan.cli.reach", "app", "Where a letter arrives (触达): rank places, look back, explain."),
    "open": (
        "postloan.cli.open",
        "open_command",
        "Take a book into the ledger: an account for each loan (建账).",
    ),
    "approve": ("postloan.cli.approve", "app", "Ask for approvals, decide, carry out (审批)."),
    "post": (
        "postloan.cli.post",
        "post",
        "Post payment files and bank statements (夜间入账); reverse, assign.",
    ),
    "grade": ("postloan.cli.grade", "grade", "Record the class of the day of every loan (五级分类)."),
    "day": ("postloan.cli.day", "day", "What came in, what waits, what crosses a line soon (每日晨报)."),
    "provision": (
        "postloan.cli.provision",
        "provision",
        "Provisions, ratios, and what to move before the quarter closes (贷款损失准备).",
    ),
    "ledger": ("postloan.cli.ledger", "app", "One loan's account on any day (分户账)."),
    "borrower": (
        "postloan.cli.borrower",
        "app",
        "What becomes known of a debtor; promises; export and erasure (借款人).",
    ),
    "close": ("postloan.cli.close", "app", "Close settled debts; tell the credit bureau (结清)."),
    "journal": ("postloan.cli.journal", "app", "Read and check the tamper-evident journal (操作日志)."),
    "store": ("postloan.cli.keys", "app", "Care of the store: a new key for personal data (数据库维护)."),
    "serve": ("postloan.web.serve", "serve", "Serve the web pages; nothing to set up (网页)."),
    "letters": (
        "postloan.cli.letters",
        "app",
        "Letters from approved templates: print, prove, check (信函).",
    ),
    "track": (
        "postloan.cli.track",
        "app",
        "Where letters are, and what they brought about in law (轨迹与效力).",
    ),
    "contact": ("postloan.cli.contact", "app", "Whether a debtor may be contacted, and why not (催收合规)."),
    "rules": ("postloan.cli.rules", "app", "List and show the dated rules with their sources."),
}


class _LazyGroup(typer.core.TyperGroup):
    """Shows all commands without importing them: ``postloan --help`` answers at once."""

    listing = False

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        if cmd_name not in COMMANDS:
            return None
        module, attribute, says = COMMANDS[cmd_name]
        if self.listing:
            return typer.core.TyperCommand(cmd_name, help=says, short_help=says)
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False, rich_markup_mode=None)
            single.command(cmd_name)(found)
            found = single
        return typer.main.get_command(found)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False


app = typer.Typer(
    name="postloan",
    cls=_LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help is shown in half the time
    pretty_exceptions_enable=False,
    help="From a tape of non-performing personal loans to the best lawful resolution of each.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"postloan {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From a tape of non-performing personal loans to the best lawful resolution of each."""
