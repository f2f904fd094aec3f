"""The command line: ``postloan NOUN VERB``. Exit 0 done, 1 blocking findings, 2 the user's input, 3 our fault."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

_INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended."""


def main() -> NoReturn:
    """Run the command line and leave with its exit code; every failure ends in one clear line."""
    code = _run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # Skips interpreter teardown, during which native libraries print about their own leaks.
    sys.stderr.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    from postloan.cli.app import app

    try:
        app(args=arguments, standalone_mode=True)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            return _stopped(arguments)
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 2
    except KeyboardInterrupt:
        return _stopped(arguments)
    except BrokenPipeError:
        return 0
    except Exception as error:
        return _failed(error, arguments)
    return 0


def _stopped(arguments: list[str]) -> int:
    from postloan.cli.screen import complain

    if _speaks_chinese(arguments):
        complain("已中止；没有留下未写完的文件。")
    else:
        complain("Stopped. Nothing half-written was left.")
    return _INTERRUPTED


def _failed(error: Exception, arguments: list[str]) -> int:
    from postloan.cli.screen import complain
    from postloan.kernel.errors import Fault, PostloanError

    if os.environ.get("POSTLOAN_DEBUG"):
        import traceback

        traceback.print_exc()
    if isinstance(error, OSError) and error.errno == 28:
        complain(
            f"磁盘空间不足：{error.filename or ''}。请释放空间或用 --out 指定其他文件夹。"
            if _speaks_chinese(arguments)
            else f"No space left on the disk for {error.filename or 'the output'}. Free some, or choose --out."
        )
        return 2
    known = error if isinstance(error, PostloanError) else Fault(what=f"{type(error).__name__}: {error}")
    complain(known.message("zh" if _speaks_chinese(arguments) else "en"))
    return known.exit_code


def _speaks_chinese(arguments: list[str]) -> bool:
    if "--lang=zh" in arguments:
        return True
    if "--lang" in arguments:
        after = arguments.index("--lang") + 1
        return arguments[after : after + 1] == ["zh"]
    return os.environ.get("POSTLOAN_LANG") == "zh"
