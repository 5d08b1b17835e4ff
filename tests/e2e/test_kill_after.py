"""kill -9 while a critical value is told and while a report gets its second signature.

``FARLEAD_SEED`` chooses the moments; the seed is printed when something fails.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.demo_authority import trusted
from farlead.messages import message
from farlead.model.critical import received
from farlead.model.lives import CaseState, ReportState, StudyState
from farlead.model.report import Decision
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.reporting.verification import verify
from farlead.settings import ClaimSettings, SecondSignature, SecondSignatureSettings
from support_house import House, house_settings, open_house

STUDIES, KILLS = 3, 4
LEASE = 5
SUPPORT = Path(__file__).parents[1] / "support"
SEED = int(os.environ.get("FARLEAD_SEED", "20261122"))
STEPS = {"accepted": 0.02, "called": 0.02, "told": 0.4, "first": 0.5, "second": 0.05}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder = tmp_path / "house"
    changes = {
        "claim": ClaimSettings(lease=LEASE),
        "second_signature": SecondSignatureSettings(rules=(SecondSignature(),)),
    }
    with open_house(folder, house_settings(folder).model_copy(update=changes)) as made:
        for number in range(STUDIES):
            made.drop(f"{number}.dcm", dicom_bytes(recording(local_number=f"N{number}")))
        made.take_in()
        pause = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")
        found = Screening("test/1", Severity.CRITICAL, True, Quality.FIT, (), (pause,))
        for study in made.services.store.studies():
            made.services.store.save_screening(study.id, found)
        yield made


def _worker(house: House) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "support_after", str(house.settings.folder)],
        cwd=SUPPORT,
        stdout=subprocess.PIPE,
        text=True,
    )


def _until(worker: "subprocess.Popen[str]", step: str, told: list[str]) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        told.append(line.strip())
        if line.startswith(step):
            return


@pytest.mark.slow
def test_kills_lose_no_case_and_leave_no_signature_half_made(house: House) -> None:
    chance = random.Random(SEED)
    told: list[str] = []
    for _ in range(KILLS):
        worker = _worker(house)
        assert worker.stdout is not None
        step = chance.choice(list(STEPS))
        _until(worker, step, told)
        threading.Event().wait(chance.uniform(0, STEPS[step]))
        os.kill(worker.pid, signal.SIGKILL)
        _until(worker, "nothing", told)
        worker.wait(60)
        worker.stdout.close()
        _nothing_is_half_done(house, told)
        threading.Event().wait(LEASE + 0.1)  # the lease of the one that was killed
        house.services.store.expire_claims()
    last = _worker(house)
    _until(last, "done", told)
    assert last.stdout is not None
    last.stdout.close()
    assert last.wait(60) == 0
    assert told[-1] == "done", f"seed {SEED}"
    _nothing_is_half_done(house, told)
    for study in house.services.store.studies():
        assert study.state is StudyState.REPORTED, f"seed {SEED}"
        (version,) = house.services.store.reports(study.id)
        pdf = house.services.objects.get(version.sha256 or "")
        found = verify(pdf, trust=trusted(house.settings))
        assert found.ok, found.reasons


def _nothing_is_half_done(house: House, told: list[str]) -> None:
    store = house.services.store
    assert store.check() == [], f"seed {SEED}"
    assert store.verify_audit() == [], f"seed {SEED}"
    for study in store.studies():
        versions, cases = store.reports(study.id), store.cases(study.id)
        accepted = [v for v in versions if v.draft.decisions.get("pause") is Decision.ACCEPTED]
        assert len(cases) == bool(accepted), f"seed {SEED}: study {study.id}"
        if f"told {study.id}" in told:
            assert cases[0].state is CaseState.TOLD, f"seed {SEED}"
        if cases and cases[0].state is CaseState.TOLD:
            assert any(received(call.made) for call in cases[0].calls), f"seed {SEED}"
        _signed_whole(house, study.id, told)


def _signed_whole(house: House, study: int, told: list[str]) -> None:
    """First-signed and under review, or final with both signatures and on its way; no third."""
    store = house.services.store
    signed = [version for version in store.reports(study) if version.sha256]
    assert len(signed) <= 1, f"seed {SEED}"
    if f"first {study}" in told:
        assert signed, f"seed {SEED}"
    for version in signed:
        final = version.state is ReportState.FINAL
        assert (store.review(study) is None) == final, f"seed {SEED}"
        assert len(store.deliveries(study)) == final, f"seed {SEED}"
        pdf = house.services.objects.get(version.sha256 or "")
        assert pdf.count(b"/ByteRange") == 1 + final, f"seed {SEED}"
    if f"second {study}" in told:
        assert signed[0].state is ReportState.FINAL, f"seed {SEED}"
