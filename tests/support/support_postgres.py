"""A real PostgreSQL server for the tests: Debian's package, loopback, a temporary folder.

It runs as an unprivileged user, as PostgreSQL demands. fsync is off: what a crash of the
machine does to the disk is PostgreSQL's own test, not ours.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

BIN = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"

_FAST: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_HBA = f"""\
host all {SUPERUSER} 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


@dataclass
class Server:
    """One running server.

    Parameters
    ----------
    folder : Path
        Its data and log.
    port : int
        On 127.0.0.1.
    """

    folder: Path
    port: int
    settings: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    def address(self, database: str, login: str = SUPERUSER, password: str = "") -> str:
        """Address of a database for a role."""
        who = f"{login}:{password}" if password else login
        return f"postgresql://{who}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        command = [BIN / "postgres", "-D", self.folder / "data", *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **_unprivileged())
        for _ in range(400):
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text("utf-8")) from None
                time.sleep(0.02)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text("utf-8"))

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop, by default without waiting for sessions."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def run(self, sql: str, database: str = "postgres") -> None:
        """One statement by the superuser."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(sql.encode())

    def fresh(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; returns its name."""
        name = f"t{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        """Remove a database: hundreds of them would fill the memory that they lie in."""
        self.run(f"DROP DATABASE {database} WITH (FORCE)")


@contextmanager
def running_server(more: Mapping[str, str] = _FAST) -> Iterator[Server]:
    """A server of its own, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="farlead-postgres-"))
    try:
        server = _made(folder, more)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path, more: Mapping[str, str]) -> Server:
    user = _unprivileged()
    if user:
        shutil.chown(folder, user["user"], user["group"])
    command = [
        BIN / "initdb", "-D", folder / "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8",
        "--no-locale", "--no-sync",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, **user)
    (folder / "data" / "pg_hba.conf").write_text(_HBA, "utf-8")
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        **more,
    }
    return Server(folder, port, settings)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _unprivileged() -> dict[str, str]:
    """PostgreSQL does not run as root."""
    return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
