"""Parts of the benchmark ``exchange``: many HL7 receivers, deliveries to them, word of status."""

import asyncio
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from farlead.model.people import Account, Role, Unit
from farlead.objects import ObjectFolder
from farlead.reporting.document import structured_report
from farlead.settings import Settings
from farlead.store import SignedReport, Store
from support_exchange import Process, serves, until
from support_reporting import ecg_content
from support_store import arrival, draft, sha

#: Seconds for which the failing receivers fail.
RECOVERS = 20.0
_BEGIN, _END = b"\x0b", b"\x1c\x0d"
_PACE = 0.1


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


def delivered(folder: Path, units: int, each: int) -> dict[str, float]:
    """Reports to receivers of which a third fails at random, between two calm runs."""
    before, _ = _deliver(folder / "before", units, each, failing=False)
    wild, counted = _deliver(folder / "wild", units, each, failing=True)
    after, _ = _deliver(folder / "after", units, each, failing=False)
    ideal = RECOVERS + (before + after) / 2
    return {
        **counted,
        "deliver_calm_s": before,
        "deliver_calm_again_s": after,
        "deliver_s": wild,
        "deliver_ideal_s": ideal,
        "time_ratio": wild / ideal,
    }


def _deliver(
    folder: Path, units: int, each: int, *, failing: bool
) -> tuple[float, dict[str, float]]:
    with receivers(units) as system:
        if failing:
            system.failing, system.recovers = set(system.ports[::3]), RECOVERS
        settings = Settings.model_validate(
            {"folder": folder, "units": [_unit(*each) for each in enumerate(system.ports)]}
        )
        with Store.of(settings) as store:
            account = store.add_account("li", "示例医师甲", Role.READER, certificate=sha("li"))
            places = [settings.destinations(f"u{number}")[0] for number in range(units)]
            for number in range(each):
                _report(store, ObjectFolder(settings.objects), account, number, places)
            with Process(settings):
                until(lambda: system.began is not None)
                until(lambda: not store.open_deliveries())
                took = time.perf_counter() - (system.began or 0.0)
        counted = {"twice": float(system.twice()), "missing": float(system.missing(each))}
        counted["repeats"] = float(sum(system.raw.values()) - units * each)
        return took, counted


def _unit(number: int, port: int) -> dict[str, object]:
    way = {"kind": "hl7", "host": "127.0.0.1", "port": port, "timeout_seconds": 5}
    return {"code": f"u{number}", "name": f"单位{number}", "ways": [way]}


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


def told(folder: Path, units: int, studies: int) -> dict[str, float]:
    """A reader takes a study, every tenth of a second: until its unit's status file says so."""
    settings = Settings.model_validate(
        {
            "folder": folder,
            "units": [{"code": f"u{n}", "name": f"单位{n}"} for n in range(units)],
        }
    )
    with Store.of(settings) as store:
        account = store.add_account("li", "示例医师甲", Role.READER, certificate=sha("li"))
        files: dict[int, Path] = {}
        for number in range(studies):
            unit = f"u{number % units}"
            study = store.study(store.add_object(arrival(str(number), unit=unit)).study_id)
            files[study.id] = settings.outbox(unit) / "status" / f"{study.number}.json"
        with Process(settings):
            until(lambda: serves(store))
            until(lambda: all(_says(file, "received") for file in files.values()))
            changed: dict[int, float] = {}
            for study_id in files:
                store.claim(study_id, account, "seat")
                changed[study_id] = time.time()
                time.sleep(_PACE)
            until(lambda: all(_says(file, "reading") for file in files.values()))
    # When the file took its place: it is replaced as a whole.
    late = [files[each].stat().st_ctime - at for each, at in changed.items()]
    return {
        "status_p50_s": float(np.percentile(late, 50)),
        "status_p99_s": float(np.percentile(late, 99)),
        "status_changes": float(len(late)),
    }


def _says(file: Path, status: str) -> bool:
    return file.is_file() and json.loads(file.read_text("utf-8"))["status"] == status
