"""Files that say nothing of their patient: the request does, or it is told that nobody does."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from farlead.model.study import Kind, ScreeningState
from farlead.sandbox import Sandbox
from support_intake import House

SIDECAR = json.dumps(
    {"priority": "urgent", "patient": {"name": "演示 乙", "local_number": "T0002", "sex": "F"}}
)


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), (200, 10, 10)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Sandbox() as sandbox:
        yield House(tmp_path, sandbox)


def test_the_request_says_whose_picture_it_is(house: House) -> None:
    house.leave("paper.png", png())
    house.leave("paper.request.json", SIDECAR)
    [study] = house.studies(house.run())
    assert (study.patient.name, study.patient.local_number) == ("演示 乙", "T0002")
    assert (study.kind, study.quarantine) == (Kind.OTHER, None)
    assert house.store.row(study.id).screening_state is ScreeningState.NOT_APPLICABLE
    assert not list(house.outbox.glob("*.error.json"))


def test_without_a_request_nobody_is_invented_and_the_unit_is_told(house: House) -> None:
    house.leave("Li Na 19800101.png", png())
    [study] = house.studies(house.run())
    assert (study.patient.name, study.patient.local_number) == (None, None)
    assert study.quarantine is None
    notice = json.loads((house.outbox / "Li Na 19800101.png.error.json").read_text("utf-8"))
    assert (notice["state"], notice["reason"]) == ("taken", "intake.no_patient")
    assert "患者" in notice["zh"]


def test_a_late_request_completes_it_and_withdraws_the_notice(house: House) -> None:
    house.leave("paper.png", png())
    [before] = house.studies(house.run())
    house.leave("paper.request.json", SIDECAR)
    [after] = house.studies(house.run())
    assert after.id == before.id
    assert after.patient.name == "演示 乙"
    assert not list(house.outbox.glob("*.error.json"))


def test_a_request_without_a_name_is_no_request_for_somebody(house: House) -> None:
    house.leave("paper.png", png())
    house.leave("paper.request.json", json.dumps({"patient": {"name": "不详", "sex": "M"}}))
    [study] = house.studies(house.run())
    assert study.quarantine is None
    assert (house.outbox / "paper.png.error.json").exists()


def test_a_broken_picture_is_set_aside(house: House) -> None:
    house.leave("paper.png", png()[:40])
    [study] = house.studies(house.run())
    assert study.quarantine is not None
    assert study.quarantine.id == "formats.picture.damaged"
