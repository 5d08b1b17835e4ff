"""kill -9 at random moments between claim and delivery: nothing is lost, nothing comes twice.

``FARLEAD_SEED`` chooses the moments; the seed is printed when something fails.
"""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.demo_authority import trusted
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.reporting.verification import verify
from farlead.settings import ClaimSettings
from farlead.store import Store
from support_house import UNIT, House, house_settings, open_house

STUDIES, KILLS = 20, 20
SUPPORT = Path(__file__).parents[1] / "support"
SEED = int(os.environ.get("FARLEAD_SEED", "20261122"))

#: Claimed, worked on or delivered: every state that a study of this test may be seen in.
LEGAL = {StudyState.WAITING, StudyState.CLAIMED, StudyState.REPORTED}

#: Steps of a reader, and about how many seconds the step that follows each takes.
FOLLOWING = {"claimed": 0.05, "draft": 0.01, "signing": 0.4, "signed": 0.05, "delivered": 0.02}


@dataclass
class Worker:
    """The process that forks readers, and what they have told."""

    process: subprocess.Popen[str]
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)
    drafts: dict[int, int] = field(default_factory=dict)
    signed: list[int] = field(default_factory=list)
    killed_after: "Counter[str]" = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put("")

    def start(self, station: str) -> int:
        """Begin reading; returns the pid of the reader."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{station}\n")
        self.process.stdin.flush()
        while not (line := self.hear()).startswith("pid"):
            pass
        return int(line.split()[1])

    def hear(self) -> str:
        """The next line; what was finished is remembered."""
        line = self.lines.get(timeout=60)
        assert line, "the worker ended by itself"
        match line.split():
            case ["draft", study, number]:
                self.drafts[int(study)] = int(number)
            case ["signed", study]:
                self.signed.append(int(study))
        return line

    def until_ended(self) -> list[str]:
        """The rest of what the reader tells."""
        told = [self.hear()]
        while told[-1] != "ended":
            told.append(self.hear())
        return told


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "house"
    settings = house_settings(folder).model_copy(update={"claim": ClaimSettings(lease=1)})
    with open_house(folder, settings) as made:
        for number in range(STUDIES):
            made.drop(f"{number}.dcm", dicom_bytes(recording(local_number=f"N{number}")))
        made.take_in()
        yield made


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "support_reader", str(house.settings.folder)],
        cwd=SUPPORT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    made = Worker(process)
    yield made
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0
    made.reader.join()
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_deliver_nothing_twice(house: House, worker: Worker) -> None:
    chance = random.Random(SEED)
    store = house.services.store
    for number in range(KILLS):
        _killed_once(worker, chance, f"seat {number}")
        _nothing_is_lost(store, worker)
    # The moments were not all alike, and nearly every kill hit a reader at work.
    assert sum(worker.killed_after.values()) >= KILLS // 2, worker.killed_after
    assert len(worker.killed_after) >= 3, worker.killed_after
    worker.start("last seat")
    assert "done" in worker.until_ended(), f"seed {SEED}"
    _nothing_is_lost(store, worker)
    _all_delivered_once(house)


def _killed_once(worker: Worker, chance: random.Random, station: str) -> None:
    """Let a reader work up to a step and a random moment into what follows, then kill it."""
    pid = worker.start(station)
    step = chance.choice(list(FOLLOWING))
    line = worker.hear()
    while not line.startswith((step, "ended")):
        line = worker.hear()
    if line == "ended":
        return
    threading.Event().wait(chance.uniform(0, FOLLOWING[step]))
    os.kill(pid, signal.SIGKILL)
    told = [line, *worker.until_ended()]
    if "done" not in told:
        worker.killed_after[told[-2].split()[0]] += 1


def _nothing_is_lost(store: Store, worker: Worker) -> None:
    studies = store.studies()
    assert len(studies) == STUDIES, f"seed {SEED}"
    assert {study.state for study in studies} <= LEGAL, f"seed {SEED}"
    assert store.check() == [], f"seed {SEED}"
    assert store.verify_audit() == [], f"seed {SEED}"
    assert store.balance().whole, f"seed {SEED}"
    for study in studies:
        finals = [r for r in store.reports(study.id) if r.state is ReportState.FINAL]
        assert len(finals) == (study.state is StudyState.REPORTED), f"seed {SEED}"
        if study.id in worker.signed:
            assert finals, f"seed {SEED}: study {study.id} was signed"
        _newest_draft_is_there(store, study.id, worker.drafts.get(study.id, 0))


def _newest_draft_is_there(store: Store, study: int, told: int) -> None:
    """A draft is on disk when its saving returned, so not even the last second is missing."""
    kept = [int(r.draft.conclusion) for r in store.reports(study)]
    assert max(kept, default=0) >= told, f"seed {SEED}: study {study}"


def _all_delivered_once(house: House) -> None:
    store = house.services.store
    outbox = house.settings.outbox(UNIT)
    assert len(list(outbox.glob("*.pdf"))) == STUDIES, f"seed {SEED}"
    assert len(list(outbox.iterdir())) == 2 * STUDIES, f"seed {SEED}"
    for study in store.studies():
        (report,) = store.reports(study.id)
        (delivery,) = store.deliveries(study.id)
        assert delivery.state is DeliveryState.CONFIRMED, f"seed {SEED}"
        pdf = (outbox / f"{study.number}-v1.pdf").read_bytes()
        assert house.services.objects.get(report.sha256 or "") == pdf
        found = verify(pdf, trust=trusted(house.settings))
        assert found.ok, found.reasons
        assert found.study_number == study.number
