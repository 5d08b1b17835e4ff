"""In from the units, back to the units, with real servers on this machine.

Parts, one after the other (``FARLEAD_PARTS="windows feed"`` for some of them):

``windows``, ``feed``: ``pull_ratio`` is objects in the archive to screened in the list, against a
bare client that lists the same way and downloads in parallel; ``_feed`` by Orthanc's change feed.
``pull_of_possible`` is the same against that client when it also has each object decoded and
screened by confined processes on all cores, without a disk or a store: whoever screens cannot be
faster. ``visible_*_s``: STOW by the unit to the row on the list, median.

``kept``: the same by windows with a hub on PostgreSQL that leaves the objects in the archive
(``keep = "archive"``), keys with ``kept``.

``store``: ``store_ratio``, C-STORE by four senders of dcmtk, against pynetdicom's storage service
that only writes the bytes.

``deliver``: ``twice``, ``missing`` at 200 units, 10 deliveries each, a third of the receivers
failing at random for `RECOVERS` s, counted there; ``time_ratio``: until all is confirmed,
against `RECOVERS` and what the same takes without failures, the mean of a run before and one after.

``status``: ``status_p50_s``, ``status_p99_s`` from a reader's taking a study to the status file of
its unit.

``FARLEAD_OBJECTS`` and ``FARLEAD_UNITS`` change the size; with ``FARLEAD_ARCHIVE_INDEX=postgresql``
the archive keeps its index on a PostgreSQL server.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
import pydicom

from farlead.clients.dicomweb import DicomWeb
from farlead.clients.orthanc import ChangeFeed
from farlead.peers import Archive
from farlead.settings import Settings
from farlead.store import Store
from support_exchange import (
    BARE_SCP,
    Process,
    Screeners,
    bare_feed,
    bare_windows,
    listens,
    serves,
    storescu,
    until,
)
from support_exchange_out import delivered, told
from support_orthanc import Orthanc, free_port, orthanc
from support_postgres import running_server
from support_serving import study

OBJECTS = int(os.environ.get("FARLEAD_OBJECTS", "1000"))
UNITS = int(os.environ.get("FARLEAD_UNITS", "200"))
EACH, SEEN, SENDERS = 10, 7, 4
STATUS_UNITS, CHANGES = 20, 200
_MADE: list[bytes] = []
_POSTGRES = "/usr/share/orthanc/plugins/libOrthancPostgreSQLIndex.so"


def run() -> dict[str, float]:
    """The parts that are asked for, one after the other; figures are printed as they come."""
    found = {"objects": float(OBJECTS), "units": float(UNITS)}
    with tempfile.TemporaryDirectory() as name:
        for part in PARTS:
            began, before = time.perf_counter(), os.getloadavg()[0]
            try:
                figures = _PARTS[part](Path(name) / part)
            except AssertionError as error:  # not within its time: the others are still measured
                traceback.print_exception(error)
                figures = {f"{part}_failed": 1.0}
            took, after = time.perf_counter() - began, os.getloadavg()[0]
            print(f"-- {part}: {took:.0f} s, load {before:.1f} to {after:.1f}")
            for key, value in figures.items():
                print(f"   {key}  {value:g}", flush=True)
            found |= figures
    return found


def _data() -> list[bytes]:
    if not _MADE:
        _MADE.extend(study("甲县人民医院", f"B{number}") for number in range(OBJECTS))
    return _MADE


def _archive(folder: Path, stack: ExitStack) -> AbstractContextManager[Orthanc]:
    if os.environ.get("FARLEAD_ARCHIVE_INDEX") != "postgresql":
        return orthanc(folder)
    server = stack.enter_context(running_server())
    index = {
        "EnableIndex": True,
        "EnableStorage": False,
        "Host": "127.0.0.1",
        "Port": server.port,
        "Database": server.fresh(),
        "Username": "postgres",
        "Password": "",
        "Lock": False,
    }
    return orthanc(folder, PostgreSQL=index, plugins=[_POSTGRES])


# In


def _hub(folder: Path, archive: Archive, database: str | None = None) -> Settings:
    return Settings.model_validate(
        {
            "folder": folder,
            "database": database,
            "units": [{"code": "jia", "name": "甲县人民医院"}],
            "archives": [archive.model_dump()],
            "settle_seconds": 0.0,
            "screen_seconds": 60.0,
        }
    )


def _screened(settings: Settings) -> int:
    """Studies that have been screened, asked beside the store."""
    sql = "SELECT count(*) FROM study WHERE screening_state = 'done'"
    if settings.database is not None:
        with psycopg.connect(settings.database) as connection:
            return int(connection.execute(sql).fetchall()[0][0])
    with closing(sqlite3.connect(settings.database_file)) as file:
        return int(file.execute(sql).fetchone()[0])


def _pulled(folder: Path, way: str) -> dict[str, float]:
    with ExitStack() as stack:
        server = stack.enter_context(_archive(folder / "archive", stack))
        given: dict[str, object] = {"changes": server.root} if way == "feed" else {}
        database = None
        if way == "kept":
            hub = stack.enter_context(running_server())
            given, database = {"keep": "archive"}, hub.address(hub.fresh())
        settings = _hub(folder / "hub", server.archive(unit="jia", **given), database)
        return _pull(server, settings, _data(), way)


def _pull(server: Orthanc, settings: Settings, data: list[bytes], way: str) -> dict[str, float]:
    (archive,), folder, feed = settings.archives, settings.folder, way == "feed"
    with Store.of(settings) as store, Process(settings) as process:
        until(partial(serves, store))
        until(lambda: store.cursor("hub.feed" if feed else "hub") is not None)
        seen = [_visible(server, store, number) for number in range(SEEN)]
        until(lambda: not store.pending_screenings(1))
        done = partial(_screened, settings)
        before = done()
        process.hold()
        since = _last(archive, folder) if feed else 0
        server.put(*data)
        process.go()
        ours = until(lambda: done() == before + len(data))
    again = (
        partial(bare_feed, archive, folder, since)
        if feed
        else partial(bare_windows, archive, folder)
    )
    bare = again()
    screeners = Screeners()
    try:
        screeners.warm(data[0])
        possible = again(screeners)
    finally:
        screeners.close()
    which = "" if way == "poll" else f"_{way}"
    return {
        f"pull_ratio{which}": bare / ours,
        f"pull_of_possible{which}": possible / ours,
        f"pull_{way}_s": ours,
        f"bare_{way}_s": bare,
        f"possible_{way}_s": possible,
        f"visible_{way}_s": median(seen),
    }


def _last(archive: Archive, folder: Path) -> int:
    feed = ChangeFeed(archive, folder)
    try:
        return feed.last()
    finally:
        feed.close()


def _visible(server: Orthanc, store: Store, number: int) -> float:
    """Seconds from STOW by the unit to the row on the list."""
    data = study("甲县人民医院", f"V{number}")
    web = DicomWeb(server.archive(), Path(tempfile.gettempdir()))
    before = len(store.worklist().rows)
    time.sleep(0.37 * number % 1)  # not in step with the polls
    began = time.perf_counter()
    web.store([data])
    until(lambda: len(store.worklist().rows) > before)
    took = time.perf_counter() - began
    web.close()
    return took


def _stored(folder: Path) -> dict[str, float]:
    """C-STORE by several senders."""
    data = _data()
    sources = [folder / f"sender{number}" for number in range(SENDERS)]
    for number, content in enumerate(data):
        sources[number % SENDERS].mkdir(parents=True, exist_ok=True)
        (sources[number % SENDERS] / f"{number}.dcm").write_bytes(content)
    port = free_port()
    sender = {"aet": "CART1", "unit": "jia"}
    settings = Settings.model_validate(
        {
            "folder": folder / "listening",
            "units": [{"code": "jia", "name": "甲县人民医院"}],
            "listener": {"port": port, "senders": [sender]},
        }
    )
    Store.of(settings).close()
    with Process(settings, "farlead.services.listening"):
        until(lambda: listens(port))
        ours = storescu(port, sources)
    inbox = settings.inbox("jia")
    assert len(list(inbox.glob("*.dcm"))) == len(data)
    assert pydicom.dcmread(next(inbox.glob("*.dcm"))).Modality == "ECG"
    target, port = folder / "bare", free_port()
    target.mkdir()
    bare_scp = subprocess.Popen([sys.executable, "-c", BARE_SCP, str(port), str(target)])
    try:
        until(lambda: listens(port))
        bare = storescu(port, sources)
    finally:
        bare_scp.kill()
        bare_scp.wait()
    assert len(list(target.iterdir())) == len(data)
    return {"store_ratio": bare / ours, "store_s": ours, "bare_store_s": bare}


_PARTS: dict[str, Callable[[Path], dict[str, float]]] = {
    "windows": partial(_pulled, way="poll"),
    "feed": partial(_pulled, way="feed"),
    "kept": partial(_pulled, way="kept"),
    "store": _stored,
    "deliver": lambda folder: delivered(folder, UNITS, EACH),
    "status": lambda folder: told(folder, STATUS_UNITS, CHANGES),
}
PARTS = os.environ.get("FARLEAD_PARTS", " ".join(_PARTS)).split()
