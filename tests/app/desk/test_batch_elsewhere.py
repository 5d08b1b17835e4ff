"""A run through the batch that was begun at one station and is ended at another, another day."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.demo_authority import trusted
from farlead.desk import StationDesk
from farlead.model.lives import StudyState
from farlead.model.report import Claim, Draft, Statement
from farlead.model.screening import Quality, Screening
from farlead.model.study import Severity
from farlead.reporting.verification import verify
from farlead.services import open_desk
from support_house import PIN, READER, SECOND, House, open_house
from support_outage import open_hub
from support_postgres import running_server

_MANY = 4


class Hospital(NamedTuple):
    """A house, and the desks of its readers at stations of their own."""

    house: House
    sit: Callable[[str, str], AbstractContextManager[StationDesk]]


@pytest.fixture(params=["sqlite", "postgresql"])
def hospital(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hospital]:
    if request.param == "sqlite":
        with open_house(tmp_path) as house:
            yield Hospital(
                house, lambda login, seat: open_desk(house.settings, login, station=seat)
            )
        return
    with running_server() as server, open_hub(server, tmp_path) as hub:
        yield Hospital(
            hub.house,
            lambda login, seat: hub.station(login, station=seat, folder=tmp_path / seat),
        )


@pytest.fixture
def studies(hospital: Hospital) -> list[int]:
    """Routine ECGs in which nothing was found."""
    house = hospital.house
    for number in range(_MANY):
        house.drop(f"n{number}.dcm", dicom_bytes(recording(local_number=f"N{number}")))
    house.take_in()
    found = [row.study.id for row in house.waiting()]
    for study in found:
        normal = Screening("test/1", Severity.NORMAL, True, Quality.FIT, (), ())
        house.services.store.save_screening(study, normal)
    return found


def _draft(words: str) -> Draft:
    return Draft((Statement("RH101", "窦性心律", "Sinus rhythm"),), conclusion=words)


def _check(desk: StationDesk, study: int, words: str, seconds: float) -> None:
    """Seen in full for so long, and put to those that one PIN signs; as the window does it."""
    claim = desk.claim(study)
    seen = frozenset(stored.sha256 for stored in desk.open(study).row.study.objects)
    desk.viewed(study, seconds)
    desk.checked(claim, _draft(words), seen)


def _seen(house: House, study: int) -> list[tuple[str, float]]:
    """Where and how long a study was on the screen before it was confirmed."""
    told = [e for e in house.services.store.trail(f"study:{study}") if e.action == "study.viewed"]
    return [(str(entry.detail["station"]), float(str(entry.detail["seconds"]))) for entry in told]


def test_a_batch_begun_at_one_station_is_ended_at_another(
    hospital: Hospital, studies: list[int]
) -> None:
    house = hospital.house
    first, second, half, *rest = studies
    with hospital.sit(READER.login, "seat one") as desk:
        _check(desk, first, "甲", 3.2)
        _check(desk, second, "乙", 4.1)
        claim = desk.claim(half)
        desk.open(half)
        desk.save_draft(claim, _draft("半句"))
        desk.release(claim)  # as the window does when it is closed
    with hospital.sit(SECOND.login, "seat two") as colleague:
        assert colleague.batch().items == (), "whose drafts they are, signs them"
        assert _free(colleague) == {half, *rest}, "what is checked is nobody else's to read"
    with hospital.sit(READER.login, "seat three") as desk:
        states = {row.study.id: row.study.state for row in desk.worklist().rows}
        assert [s for s in studies if states[s] is StudyState.CHECKED] == [first, second]
        assert desk.open(half).draft == _draft("半句")
        left = [_next(desk) for _ in (half, *rest)]
        assert sorted(claim.study for claim in left) == sorted([half, *rest])
        for claim in left:
            _go_on(desk, claim)
        listed = desk.batch()
        assert {item.study for item in listed.items} == set(studies)
        assert [item.blocked for item in listed.items] == [None] * _MANY
        outcomes = desk.sign_batch(listed, PIN)
        assert desk.batch().items == ()
    assert [each.refused for each in outcomes] == [None] * _MANY
    store = house.services.store
    texts = {}
    for study in studies:
        (report,) = store.reports(study)
        assert store.study(study).state is StudyState.REPORTED
        texts[study] = report.draft.conclusion
        pdf = house.services.objects.get(report.sha256 or "")
        found = verify(pdf, trust=trusted(house.settings))
        assert found.ok, found.reasons
    assert texts == {first: "甲", second: "乙", half: "续完", **dict.fromkeys(rest, "续完")}
    assert _seen(house, first) == [("seat one", 3.2)]
    assert _seen(house, second) == [("seat one", 4.1)]
    assert {where for study in (half, *rest) for where, _ in _seen(house, study)} == {"seat three"}


def _free(desk: StationDesk) -> set[int]:
    rows = desk.worklist().rows
    return {row.study.id for row in rows if row.study.state is StudyState.WAITING}


def _next(desk: StationDesk) -> Claim:
    claim = desk.take_next()
    assert claim is not None
    return claim


def _go_on(desk: StationDesk, claim: Claim) -> None:
    opened = desk.open(claim.study)
    seen = frozenset(stored.sha256 for stored in opened.row.study.objects)
    desk.viewed(claim.study, 2.5)
    desk.checked(claim, _draft("续完"), seen)
