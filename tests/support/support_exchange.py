"""Parts of the benchmark ``exchange``: bare clients, a bare storage service, many HL7 receivers."""

import asyncio
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from farlead.clients.dicomweb import DicomWeb
from farlead.clients.orthanc import ChangeFeed
from farlead.peers import Archive
from farlead.settings import Settings, save_settings
from farlead.store import Store

_BEGIN, _END = b"\x0b", b"\x1c\x0d"
_LOOK = 0.02

BARE_SCP = """
import sys, socket
from pathlib import Path
from pynetdicom import AE, evt, AllStoragePresentationContexts
folder = Path(sys.argv[2])
def no_delay(event):
    event.assoc.dul.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
def store(event):
    data = event.request.DataSet.getvalue()
    (folder / event.request.AffectedSOPInstanceUID).write_bytes(data)
    return 0
ae = AE(ae_title="FARLEAD")
ae.supported_contexts = AllStoragePresentationContexts
handlers = [(evt.EVT_C_STORE, store), (evt.EVT_CONN_OPEN, no_delay)]
ae.start_server(("127.0.0.1", int(sys.argv[1])), block=True, evt_handlers=handlers)
"""


@dataclass
class Process:
    """``farleadctl serve`` that can be stopped in mid-air and let go."""

    settings: Settings
    module: str = "farlead.services"
    process: "subprocess.Popen[bytes] | None" = None

    def __enter__(self) -> "Process":
        save_settings(self.settings)
        command = [sys.executable, "-m", self.module, str(self.settings.folder)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()

    def hold(self) -> None:
        """It does nothing until it is let go."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go(self) -> None:
        """It goes on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


def until(ready: Callable[[], bool], seconds: float = 300.0) -> float:
    """Seconds until it is so."""
    began = time.perf_counter()
    while not ready():
        if time.perf_counter() - began > seconds:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(_LOOK)
    return time.perf_counter() - began


def serves(store: Store) -> bool:
    """Whether a process has said that it serves."""
    return any(each.is_process for each in store.leases())


def bare_windows(archive: Archive, folder: Path) -> float:
    """Seconds to list studies and objects like we do, and to download all in parallel."""
    web = DicomWeb(archive, folder)
    began = time.perf_counter()
    with ThreadPoolExecutor(archive.parallel) as pool:
        studies = list(web.studies({"StudyDate": "20000101-"}))
        listed = pool.map(lambda study: list(web.instances(study.uid)), studies)
        objects = list(pool.map(web.retrieve, [each for found in listed for each in found]))
    took = time.perf_counter() - began
    assert all(objects)
    web.close()
    return took


def bare_feed(archive: Archive, folder: Path, since: int) -> float:
    """Seconds to follow the change feed and to download all in parallel."""
    feed = ChangeFeed(archive, folder)
    began = time.perf_counter()
    with ThreadPoolExecutor(archive.parallel) as pool:
        done = False
        while not done:
            changes = feed.since(since)
            assert all(pool.map(feed.instance, changes.instances))
            since, done = changes.last, changes.done
    took = time.perf_counter() - began
    feed.close()
    return took


def storescu(port: int, folders: list[Path]) -> float:
    """Seconds in which dcmtk's senders, one for each folder, have sent everything."""
    began = time.perf_counter()
    command = ["/usr/bin/storescu", "-aet", "CART1", "-aec", "FARLEAD", "+sd", "127.0.0.1"]
    senders = [subprocess.Popen([*command, str(port), str(folder)]) for folder in folders]
    assert [each.wait(600) for each in senders] == [0] * len(senders)
    return time.perf_counter() - began


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@dataclass
class Receivers:
    """Many HL7 receivers, each on a port of its own; some fail at random until they recover."""

    ports: list[int] = field(default_factory=list)
    got: dict[int, dict[bytes, bytes]] = field(default_factory=dict)
    raw: Counter[int] = field(default_factory=Counter)
    failing: set[int] = field(default_factory=set)
    recovers: float = 0.0  # seconds after the first connection
    began: float | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(20261122))

    def twice(self) -> int:
        """Reports that are in effect more than once at a receiver."""
        return sum(len(got) - len(set(got.values())) for got in self.got.values())

    def missing(self, each: int) -> int:
        """Reports that receivers should have and have not."""
        return sum(max(0, each - len(set(self.got.get(port, {}).values()))) for port in self.ports)

    async def take(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One message, or a failure."""
        try:
            await self._take(port, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _take(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.began = self.began or time.perf_counter()
        over = time.perf_counter() - self.began >= self.recovers
        fault = (
            "" if over or port not in self.failing else self.chance.choice(["shut", "lost", "AE"])
        )
        if fault == "shut":
            return
        said = (await reader.readuntil(_END))[1 : -len(_END)]
        lines = [line.split(b"|") for line in said.split(b"\r")]
        if fault != "AE":
            number = next(line[3] for line in lines if line[0] == b"OBR")
            self.got.setdefault(port, {})[lines[0][9]] = number
            self.raw[port] += 1
        if fault == "lost":
            return
        told = b"MSH|^~\\&|HIS|UNIT|FARLEAD|HUB|||ACK^R01|A1|P|2.5.1\rMSA|%s|%s\r"
        writer.write(_BEGIN + told % (fault.encode() or b"AA", lines[0][9]) + _END)
        await writer.drain()


@contextmanager
def receivers(many: int) -> Iterator[Receivers]:
    """As many receivers, in a thread of their own."""
    made = Receivers()
    loop = asyncio.new_event_loop()

    async def listen() -> list[asyncio.Server]:
        servers = []
        for _ in range(many):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            servers.append(
                await asyncio.start_server(
                    lambda r, w, port=port: made.take(port, r, w), "127.0.0.1", port, limit=1 << 22
                )
            )
            made.ports.append(port)
        return servers

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(listen(), loop).result(60)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
