"""Checks that the documents are true: links lead somewhere, commands and make targets exist, packages are named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
COMMAND = re.compile(r"^\s*(?:\$ )?(?:\.venv/bin/)?postloan ([a-z]+)(?: ([a-z]+))?", re.MULTILINE)
TARGET = re.compile(r"`?make ([a-z][a-z-]*)`?")
CODE = re.compile(r"```(?:sh|bash|console)\n(.*?)```|`([^`\n]+)`", re.DOTALL)
# Words that tell about a machine or a registry rather than about the project.
PRIVATE = re.compile(r"/work/|/root/|/home/\w+/|/tmp/|https?://(?:pypi|registry|deb\.)[^\s)]*|\.\./shared")


def documents() -> list[Path]:
    """Every Markdown file that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).exists()]


def broken_links(path: Path, text: str) -> list[str]:
    """Relative links that lead nowhere."""
    return [
        f"{path.relative_to(ROOT)}: the link to {target} leads nowhere"
        for target, _ in LINK.findall(text)
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]


def unknown_commands(path: Path, text: str, nouns: set[str], targets: set[str]) -> list[str]:
    """Commands and make targets in code that do not exist."""
    said = []
    for block, span in CODE.findall(text):
        code = block or span
        said += [
            f"there is no command postloan {noun}" for noun, _ in COMMAND.findall(code) if noun not in nouns
        ]
        named = TARGET.findall(code) if block or span.startswith("make ") else []
        said += [f"there is no make target {target}" for target in named if target not in targets]
    return [f"{path.relative_to(ROOT)}: {line}" for line in said]


def missing_packages() -> list[str]:
    """Packages of the house that ARCHITECTURE.md does not name, and layers without a package."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in (ROOT / "src/postloan").glob("*/__init__.py")}
    return [f"ARCHITECTURE.md does not name {name}/" for name in sorted(packages) if f"{name}/" not in text]


def main() -> int:
    """Print what is untrue; 1 if anything is."""
    sys.path.insert(0, str(ROOT / "src"))
    from postloan.cli.app import COMMANDS

    targets = set(
        re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    said = missing_packages()
    for path in documents():
        text = path.read_text(encoding="utf-8")
        said += broken_links(path, text)
        said += unknown_commands(path, text, set(COMMANDS), targets)
        said += [f"{path.relative_to(ROOT)}: names a machine: {hit}" for hit in PRIVATE.findall(text)]
    for line in said:
        print(line)
    print(f"documents: {len(said)} untrue lines")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
