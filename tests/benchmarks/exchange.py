"""In from the units, back to the units, with real servers on this machine.

``pull_ratio``: objects in the archive to screened in the list, against a bare client that lists the
same way and downloads in parallel; ``_feed`` by Orthanc's change feed. ``visible_*_s``: STOW by the
unit to the row on the list, median. ``store_ratio``: C-STORE by four senders of dcmtk, against
pynetdicom's storage service that only writes the bytes. ``twice``, ``missing``: 200 units, 10
deliveries each, a third of the receivers failing at random for `RECOVERS` s, counted at the
receivers; ``time_ratio``: until all is confirmed, against the recovery and a run without failures.

``FARLEAD_OBJECTS`` and ``FARLEAD_UNITS`` change the size; with ``FARLEAD_ARCHIVE_INDEX=postgresql``
the archive keeps its index on a PostgreSQL server.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack, closing
from functools import partial
from pathlib import Path
from statistics import median

import pydicom

from farlead.clients.dicomweb import DicomWeb
from farlead.clients.orthanc import ChangeFeed
from farlead.model.people import Account, Role, Unit
from farlead.objects import ObjectFolder
from farlead.peers import Archive
from farlead.reporting.document import structured_report
from farlead.settings import Settings
from farlead.store import SignedReport, Store
from support_exchange import (
    BARE_SCP,
    Process,
    bare_feed,
    bare_windows,
    listens,
    receivers,
    serves,
    storescu,
    until,
)
from support_orthanc import Orthanc, free_port, orthanc
from support_postgres import running_server
from support_reporting import ecg_content
from support_serving import study
from support_store import arrival, draft, sha

OBJECTS = int(os.environ.get("FARLEAD_OBJECTS", "1000"))
UNITS = int(os.environ.get("FARLEAD_UNITS", "200"))
EACH, SEEN, SENDERS, RECOVERS = 10, 7, 4, 20.0
_POSTGRES = "/usr/share/orthanc/plugins/libOrthancPostgreSQLIndex.so"


def run() -> dict[str, float]:
    """All parts, one after the other."""
    found = {"objects": float(OBJECTS), "units": float(UNITS)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = [study("甲县人民医院", f"B{number}") for number in range(OBJECTS)]
        for way, feed in (("", False), ("_feed", True)):
            with ExitStack() as stack:
                server = stack.enter_context(_archive(folder / f"archive{way}", stack))
                found |= _pulled(server, folder / f"hub{way}", data, feed=feed)
        found |= _stored(folder, data)
        found |= _delivered(folder)
    return found


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


def _hub(folder: Path, archive: Archive) -> Settings:
    return Settings.model_validate(
        {
            "folder": folder,
            "units": [{"code": "jia", "name": "甲县人民医院"}],
            "archives": [archive.model_dump()],
            "settle_seconds": 0.0,
            "screen_seconds": 60.0,
        }
    )


def _count(file: Path, state: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        sql = "SELECT count(*) FROM study WHERE screening_state = ?"
        return int(connection.execute(sql, (state,)).fetchone()[0])


def _pulled(server: Orthanc, folder: Path, data: list[bytes], *, feed: bool) -> dict[str, float]:
    archive = server.archive(unit="jia", **({"changes": server.root} if feed else {}))
    settings = _hub(folder, archive)
    way = "feed" if feed else "poll"
    with Store.of(settings) as store, Process(settings) as process:
        until(partial(serves, store))
        until(lambda: store.cursor("hub.feed" if feed else "hub") is not None)
        seen = [_visible(server, store, number) for number in range(SEEN)]
        until(lambda: not store.pending_screenings(1))
        done = partial(_count, settings.database_file, "done")
        before = done()
        process.hold()
        since = _last(archive, folder) if feed else 0
        server.put(*data)
        process.go()
        ours = until(lambda: done() == before + len(data))
    bare = bare_feed(archive, folder, since) if feed else bare_windows(archive, folder)
    return {
        f"pull_ratio{'_feed' if feed else ''}": bare / ours,
        f"pull_{way}_s": ours,
        f"bare_{way}_s": bare,
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


def _stored(folder: Path, data: list[bytes]) -> dict[str, float]:
    """C-STORE by several senders."""
    sources = [folder / f"sender{number}" for number in range(SENDERS)]
    for number, content in enumerate(data):
        sources[number % SENDERS].mkdir(exist_ok=True)
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


# Out


def _delivered(folder: Path) -> dict[str, float]:
    calm, _ = _deliver(folder / "calm", failing=False)
    wild, counted = _deliver(folder / "wild", failing=True)
    return {
        **counted,
        "deliver_calm_s": calm,
        "deliver_s": wild,
        "time_ratio": wild / (RECOVERS + calm),
    }


def _deliver(folder: Path, *, failing: bool) -> tuple[float, dict[str, float]]:
    with receivers(UNITS) as system:
        if failing:
            system.failing, system.recovers = set(system.ports[::3]), RECOVERS
        units = [
            {
                "code": f"u{number}",
                "name": f"单位{number}",
                "ways": [{"kind": "hl7", "host": "127.0.0.1", "port": port, "timeout_seconds": 5}],
            }
            for number, port in enumerate(system.ports)
        ]
        settings = Settings.model_validate({"folder": folder, "units": units})
        with Store.of(settings) as store:
            account = store.add_account("li", "示例医师甲", Role.READER, certificate=sha("li"))
            places = [settings.destinations(f"u{number}")[0] for number in range(UNITS)]
            for number in range(EACH):
                _report(store, ObjectFolder(settings.objects), account, number, places)
            with Process(settings):
                until(lambda: system.began is not None)
                until(lambda: not store.open_deliveries())
                took = time.perf_counter() - (system.began or 0.0)
        counted = {"twice": float(system.twice()), "missing": float(system.missing(EACH))}
        counted["repeats"] = float(sum(system.raw.values()) - UNITS * EACH)
        return took, counted


def _report(
    store: Store, objects: ObjectFolder, account: Account, number: int, places: list[str]
) -> None:
    found = store.add_object(arrival(str(number), unit="u0")).study_id
    study_number = store.study(found).number
    pdf = f"%PDF-1.7 {study_number}".encode()
    signed = SignedReport(
        draft=draft(),
        pdf_sha256=objects.put(pdf),
        pdf_size=len(pdf),
        content_json=structured_report(ecg_content(number=study_number, unit=Unit("u0", "单位"))),
        signer=account,
        signed=store.now(),
    )
    store.finish(store.claim(found, account, "seat"), signed, places)
