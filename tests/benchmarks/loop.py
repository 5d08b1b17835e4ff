"""The main job end to end: seconds from a file in the inbox to its verified report, by stage.

Twenty synthetic 12-lead ECGs of 10 s at 500 Hz, as DICOM, go one after the
other through the real services: intake, screening, claim and open, draft, composing, signing
and storing, delivery, verification. Beside it a limit that no program can beat on this disk:
writing the same bytes durably as often as the loop must (object, report, delivered report).

Keys: ``loop_s`` median seconds of one study, ``loop_p95_s``; ``STAGE_s`` median seconds and
``STAGE_share`` of the whole for each stage; ``limit_s`` and ``times_limit``.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from ecg_files import dicom_bytes, recording
from farlead import services
from farlead.desk import Desk
from farlead.model.report import Draft, Statement
from support_house import PIN, READER, UNIT, House, open_house

STUDIES = 20
STAGES = ("intake", "screening", "open", "draft", "sign", "delivery", "verify")
_LINE = Statement("GN201", "请结合临床", "Correlate clinically")


class _Watch:
    """Seconds of each stage of one study."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - start


def _uploads() -> list[bytes]:
    return [
        dicom_bytes(recording(rate=55 + number, local_number=f"B{number}", noise=0.01, seed=number))
        for number in range(STUDIES + 2)
    ]


def _one(house: House, desk: Desk, data: bytes, number: int) -> dict[str, float]:
    watch = _Watch()
    house.drop(f"{number}.dcm", data)
    with watch("intake"):
        house.services.intake().run_once()
    with watch("screening"):
        house.services.screening().run_once()
    with watch("open"):
        claim = desk.take_next()
        assert claim is not None
        opened = desk.open(claim.study)
    assert opened.failure is None
    draft = Draft(statements=(_LINE,), conclusion="测量一次完整流程。")
    with watch("draft"):
        desk.save_draft(claim, draft)
    with watch("sign"):
        desk.sign(claim, draft)
    with watch("delivery"):
        house.services.delivery().settle()
    (report,) = [
        file
        for file in house.settings.outbox(UNIT).glob("*.pdf")
        if opened.row.study.number in file.name
    ]
    with watch("verify"):
        assert services.verify_report(house.settings, report.read_bytes()).ok
    return watch.seconds


def _limit(folder: Path, sizes: list[int]) -> float:
    """Seconds to write and flush files of these sizes."""
    start = time.perf_counter()
    for number, size in enumerate(sizes):
        with (folder / f"limit{number}").open("wb") as file:
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - start


def run() -> dict[str, float]:
    """Measure; the first two studies warm up and do not count."""
    with tempfile.TemporaryDirectory() as name, open_house(Path(name) / "house") as house:
        with services.open_desk(house.settings, READER.login) as desk:
            desk.open_key(PIN)
            uploads = _uploads()
            taken = [_one(house, desk, data, n) for n, data in enumerate(uploads)][2:]
        report = next(house.settings.outbox(UNIT).glob("*.pdf")).stat().st_size
        sizes = [len(uploads[0]), report, report]
        limits = [_limit(Path(name), sizes) for _ in range(STUDIES)]
    whole = [sum(seconds.values()) for seconds in taken]
    results = {"loop_s": median(whole), "loop_p95_s": quantiles(whole, n=20)[-1]}
    for stage in STAGES:
        results[f"{stage}_s"] = median(seconds[stage] for seconds in taken)
    total = sum(results[f"{stage}_s"] for stage in STAGES)
    for stage in STAGES:
        results[f"{stage}_share"] = results[f"{stage}_s"] / total
    results["limit_s"] = median(limits)
    results["times_limit"] = results["loop_s"] / results["limit_s"]
    return results
