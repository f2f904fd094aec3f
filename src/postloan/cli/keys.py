"""``postloan store``: care of the store itself, as far as the key of personal data is concerned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from postloan.cli.screen import JsonOption, LangChoice, LangOption, QuietOption, Screen
from postloan.cli.store import STORE, ActorOption, DbOption, actor, now

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Care of the store: a new key for personal data (数据库维护).",
)


@app.callback()
def _store() -> None:
    """Care of the store: a new key for personal data (数据库维护)."""


@app.command("rotate-key")
def rotate_key_command(
    new_key: Annotated[Path | None, typer.Option("--new-key-file", metavar="FILE", help="Holds the new key, made if it is not there; left out, the key file beside a SQLite store is replaced.")] = None,
    db: DbOption = STORE,
    by: ActorOption = None,
    lang: LangOption = LangChoice.en,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Encrypt all personal data under a new key (更换密钥). Stopped at any moment, it goes on when it is run again."""
    from postloan.bootstrap import rotate_key

    screen = Screen(lang, json=json, quiet=quiet)
    with screen.progress("Encrypting anew…", "正在重新加密……"):
        done = rotate_key(db, new_key, actor=actor(by), at=now(), tell=screen.say)
    if json:
        screen.json({"rows": done.rows, "again": done.again})
        return
    if done.again:
        screen.say("The new key holds already.", "新密钥此前已生效。")
    else:
        screen.say(
            f"{done.rows:,} rows are encrypted under the new key. Keep the old one for old copies of the database.",
            f"{done.rows:,} 行已用新密钥重新加密。旧备份仍需旧密钥，请妥善保存。",
        )
    if new_key is not None:
        screen.say(
            f"From now on give the key in {new_key} (POSTLOAN_KEY_FILE).",
            f"今后请使用 {new_key} 中的密钥（POSTLOAN_KEY_FILE）。",
        )
