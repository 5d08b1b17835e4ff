"""Over a real house: the same patient's earlier ECGs, and what leaves the station."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from ecg_files import START, dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk, beside
from farlead.reporting.compositor import compositor
from farlead.store import Store
from support_house import READER, House, open_house

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    store = house.services.store
    account = store.account(READER.login)
    made = Desk(
        house.settings, store, house.services.objects, house.services.sandbox,
        Session(account, "seat", store.now()), KeyRing(key_file(house.settings, READER.login),
        account), compositor(),
    )  # fmt: skip
    yield made
    made.close()


def _send(house: House, patient: str, days: float, *, unit: str = "jia", **what: object) -> int:
    """An ECG of a patient, so many days before now; returns the study."""
    name = f"e{next(_NUMBERS)}.dcm"
    start = START - timedelta(days=days)
    made = recording(local_number=patient, start=start, **what)  # type: ignore[arg-type]
    house.drop(name, dicom_bytes(made), unit)
    house.take_in()
    return next(row.study.id for row in house.rows() if row.study.objects[0].file_name == name)


def _actions(store: Store, study: int) -> list[str]:
    return [entry.action for entry in store.trail(f"study:{study}")]


def test_earlier_ecgs_come_newest_first_with_what_was_measured(house: House, desk: Desk) -> None:
    older, newer = _send(house, "A1", 30, rate=60), _send(house, "A1", 3, rate=75)
    stranger = _send(house, "A2", 3)
    today = _send(house, "A1", 0, rate=80)
    found = desk.earlier_ecgs(today)
    assert [ecg.study.id for ecg in found.ecgs] == [newer, older]
    assert found.more == 0
    for ecg, rate in zip(found.ecgs, (75, 60), strict=True):
        assert ecg.recording is not None
        assert ecg.screening is not None
        assert ecg.screening.measured("heart_rate") == pytest.approx(rate, abs=1)
        assert ecg.screening.detail is not None
        assert ecg.unread is None
    store = house.services.store
    assert "study.compared" in _actions(store, newer)
    assert "study.compared" not in _actions(store, stranger)
    assert "study.compared" not in _actions(store, today)


def test_a_later_ecg_is_no_earlier_one(house: House, desk: Desk) -> None:
    before = _send(house, "B1", 9)
    _send(house, "B1", 0)
    assert desk.earlier_ecgs(before).ecgs == ()


def test_the_same_number_in_another_unit_is_another_patient(house: House, desk: Desk) -> None:
    """Equal name, sex and birth date is only possibly the same: never compared."""
    _send(house, "C1", 5, unit="yi")
    today = _send(house, "C1", 0)
    assert desk.open(today).row.study.possibly_same
    assert desk.earlier_ecgs(today).ecgs == ()


def test_one_that_cannot_be_read_is_named_with_its_reason(house: House, desk: Desk) -> None:
    gone, kept = _send(house, "D1", 5), _send(house, "D1", 9)
    today = _send(house, "D1", 0)
    stored = house.services.store.study(gone).objects[0]
    house.services.objects.path(stored.sha256).unlink()
    first, second = desk.earlier_ecgs(today).ecgs
    assert first.recording is None
    assert first.unread is not None
    assert second.study.id == kept
    assert second.recording is not None
    assert "study.compared" not in _actions(house.services.store, gone)


def test_a_long_recording_is_not_decoded_for_it(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(house, "E1", 5)
    today = _send(house, "E1", 0)
    monkeypatch.setattr(beside, "LARGEST", 10)
    (found,) = desk.earlier_ecgs(today).ecgs
    assert found.recording is None
    assert found.unread is not None
    assert found.unread.id == "desk.earlier_long"


def test_only_the_newest_are_handed_out_and_the_others_counted(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (9, 7, 5):
        _send(house, "F1", days)
    today = _send(house, "F1", 0)
    monkeypatch.setattr(beside, "MOST", 2)
    found = desk.earlier_ecgs(today)
    assert (len(found.ecgs), found.more) == (2, 1)


def test_what_leaves_the_station_is_in_the_audit_trail(house: House, desk: Desk) -> None:
    today = _send(house, "G1", 0)
    desk.exported(today, "pdf")
    entry = house.services.store.trail(f"study:{today}")[-1]
    assert (entry.actor, entry.action) == (READER.login, "study.exported")
    assert entry.detail == {"form": "pdf", "station": "seat"}
