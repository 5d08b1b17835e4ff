"""Parts of the benchmark ``exchange``: a serving process, bare clients, a bare storage service."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from farlead.clients.dicomweb import DicomWeb
from farlead.clients.orthanc import ChangeFeed
from farlead.peers import Archive
from farlead.sandbox import Sandbox
from farlead.services import screen_confined
from farlead.settings import Settings, save_settings
from farlead.store import Store

_LOOK = 0.02
_T = TypeVar("_T")

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


class Screeners:
    """Confined processes that decode and screen, one for each core; nothing is kept."""

    def __init__(self) -> None:
        self._boxes = [Sandbox() for _ in os.sched_getaffinity(0)]
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        self._pool = ThreadPoolExecutor(len(self._boxes))
        self._begun: list[Future[None]] = []

    def warm(self, data: bytes) -> None:
        """Start all of them."""
        for box in self._boxes:
            screen_confined(box, data)
            self._free.put(box)

    def begin(self, data: bytes) -> bytes:
        """Screen an object beside; the object."""
        self._begun.append(self._pool.submit(self._screen, data))
        return data

    def end(self) -> None:
        """Wait for what was begun."""
        for each in self._begun:
            each.result()

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown()
        for box in self._boxes:
            box.close()

    def _screen(self, data: bytes) -> None:
        box = self._free.get()
        try:
            assert screen_confined(box, data) is not None
        finally:
            self._free.put(box)


def bare_windows(archive: Archive, folder: Path, screeners: Screeners | None = None) -> float:
    """Seconds to list studies and objects like we do, and to download all in parallel.

    With `screeners` until all are decoded and screened, too: no store, no disk.
    """
    web = DicomWeb(archive, folder)
    began = time.perf_counter()
    with ThreadPoolExecutor(archive.parallel) as pool:
        studies = list(web.studies({"StudyDate": "20000101-"}))
        listed = pool.map(lambda study: list(web.instances(study.uid)), studies)
        got = partial(_got, web.retrieve, screeners)
        assert all(pool.map(got, [each for found in listed for each in found]))
    return _ended(began, screeners, web.close)


def bare_feed(
    archive: Archive, folder: Path, since: int, screeners: Screeners | None = None
) -> float:
    """Seconds to follow the change feed and to download all in parallel; as `bare_windows`."""
    feed = ChangeFeed(archive, folder)
    began = time.perf_counter()
    with ThreadPoolExecutor(archive.parallel) as pool:
        done = False
        while not done:
            changes = feed.since(since)
            assert all(pool.map(partial(_got, feed.instance, screeners), changes.instances))
            since, done = changes.last, changes.done
    return _ended(began, screeners, feed.close)


def _got(fetch: Callable[[_T], bytes], screeners: Screeners | None, what: _T) -> bytes:
    data = fetch(what)
    return data if screeners is None else screeners.begin(data)


def _ended(began: float, screeners: Screeners | None, close: Callable[[], None]) -> float:
    if screeners is not None:
        screeners.end()
    took = time.perf_counter() - began
    close()
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
