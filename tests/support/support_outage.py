"""A station behind a line that can be cut, or swallow everything without a word; and its house."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ecg_files import dicom_bytes, recording
from farlead.desk import OpenStudy, StationDesk
from farlead.model.report import Decision, Draft, Ground, Statement
from farlead.services import open_desk, open_services
from farlead.settings import save_settings
from support_house import House, add_readers, house_settings
from support_postgres import Server

_CHUNK = 1 << 16


class Line:
    """A relay on loopback in front of a server.

    Parameters
    ----------
    target : int
        Port of the server, on 127.0.0.1.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._open = threading.Event()
        self._open.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._refusing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def swallow(self) -> None:
        """Take everything and hand on nothing, as a black hole in the network does."""
        self._open.clear()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._refusing = True
        for pair in self._pairs:
            for end in pair:
                _end(end)
        self._pairs.clear()

    def restore(self) -> None:
        """All is well again; what was held back goes on."""
        self._refusing = False
        self._open.set()

    def close(self) -> None:
        """Close everything."""
        self._open.set()
        _end(self._listener)
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def _start(self, run: object, *given: object) -> None:
        thread = threading.Thread(target=run, args=given, daemon=True)  # type: ignore[arg-type]
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            self._pairs.append((near, far))
            self._start(self._relay, near, far)
            self._start(self._relay, far, near)

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                self._open.wait()
                sink.sendall(data)
        _end(source)
        _end(sink)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


@dataclass
class Hub:
    """A house on a server of its own, and the way of stations to it."""

    house: House
    server: Server
    database: str
    folder: Path

    def study(self, name: str) -> int:
        """A study that has arrived and was screened."""
        self.house.drop(name, dicom_bytes(recording(local_number=name)))
        self.house.take_in()
        rows = self.house.rows()
        return next(r.study.id for r in rows if r.study.objects[0].file_name == name)

    @contextmanager
    def station(
        self, login: str, port: int | None = None, **further: object
    ) -> Iterator[StationDesk]:
        """The desk of a reader at a station of their own, through `port` where one is given.

        Of its settings, those in `further` are not the hub's.
        """
        folder = self.folder / f"station-{login}"
        host = self.server.address(self.database)
        address = host.replace(f":{self.server.port}/", f":{port or self.server.port}/")
        settings = self.house.settings.model_copy(
            update={"folder": folder, "database": address, "station": f"seat {login}", **further}
        )
        save_settings(settings)
        if not settings.keys.exists():
            settings.keys.symlink_to(self.house.settings.keys)
        with open_desk(settings, login) as desk:
            assert isinstance(desk, StationDesk)
            yield desk


@contextmanager
def open_hub(server: Server, folder: Path, **further: object) -> Iterator[Hub]:
    """A hub with these further settings, closed at the end."""
    database = server.fresh()
    settings = house_settings(folder / "hub").model_copy(
        update={"database": server.address(database), **further}
    )
    save_settings(settings)
    with ExitStack() as stack:
        services = stack.enter_context(open_services(settings))
        add_readers(services)
        yield Hub(House(settings, services), server, database, folder)


def rejecting(opened: OpenStudy, words: str) -> Draft:
    """A report that may be signed: every suggestion is decided."""
    found = opened.row.screening
    flags = found.flags if found is not None else ()
    return Draft(
        (Statement("RH101", "窦性心律", "Sinus rhythm"),),
        conclusion=words,
        decisions={flag.code: Decision.REJECTED for flag in flags},
        grounds={flag.code: Ground.ARTIFACT for flag in flags},
    )
