"""``postloan serve`` with nothing set up: a store, an administrator, an address."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from postloan.adapters.records import open_store
from postloan.ledger.store_people import User

_POSTLOAN = (sys.executable, "-c", "from postloan.cli import main; main()")


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A server on a free port, and what it said until it was ready."""
    command = [*_POSTLOAN, "serve", "--port", "0", *options]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("POSTLOAN")}
    environ["PYTHONUNBUFFERED"] = "1"
    process = subprocess.Popen(
        command, cwd=folder, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said: list[str] = []
    try:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            if "http://" in line:
                break
        yield process, said
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        for pipe in (process.stdout, process.stderr):
            assert pipe
            pipe.close()


def _address(said: list[str]) -> str:
    found = re.search(r"http://[\d.:]+", "".join(said))
    assert found
    return found.group()


def _ask(address: str) -> httpx.Response:
    for _ in range(100):
        try:
            return httpx.get(address + "/health")
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


def test_the_first_start_makes_everything_and_tells_the_password_once(tmp_path: Path) -> None:
    with served(tmp_path) as (process, said):
        address, text = _address(said), "".join(said)
        told = re.search(r"the password (\S+) -", text)
        assert told
        assert _ask(address).json() == {"status": "ok"}
        with httpx.Client(base_url=address) as client:
            token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
            assert token
            form = {"csrf": token.group(1), "name": "admin", "password": told.group(1), "next": "/users"}
            answer = client.post("/login", data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, "/users")
            assert client.get("/users").headers["location"] == "/password"
            token = re.search(r'name="csrf" value="([^"]+)"', client.get("/password").text)
            assert token
            chosen = "words that only I know"
            form = {"csrf": token.group(1), "old": told.group(1), "new": chosen, "again": chosen}
            assert client.post("/password", data=form).status_code == 200
            assert client.get("/users").status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    store = open_store(str(tmp_path / "postloan.db"), environ={})
    with store.reading() as tx:
        assert tx.of(User).get("admin").password.startswith("$argon2id$v=19$m=65536,")
    store.close()
    with served(tmp_path, "--lang", "zh") as (_, said):
        assert "密码" not in "".join(said)
        assert "网页地址" in "".join(said)


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with served(tmp_path) as (_, said):
        port = _address(said).rpartition(":")[2]
        command = [*_POSTLOAN, "serve", "--port", port]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("db", ["mysql://x", "/nowhere/at/all/books.db"])
def test_a_store_that_cannot_be_is_one_clear_line(tmp_path: Path, db: str) -> None:
    command = [*_POSTLOAN, "serve", "--db", db]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
