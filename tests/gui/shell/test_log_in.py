"""The station starts locked: the PIN of the account opens its key and the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ecg_files import dicom_bytes
from ecg_files import recording as an_ecg
from fake_desk import PIN, FakeClock, FakeDesk, morning
from farlead.desk import Desk
from farlead.messages import Language
from farlead.model.lives import StudyState
from farlead.model.recording import Identity
from farlead.services import open_desk
from farlead.settings import Settings
from farlead_ui.app import keep_reader
from farlead_ui.compose import compose
from farlead_ui.desk_like import DeskLike
from farlead_ui.seat import recall
from farlead_ui.signing import Panel
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from support_gui import CTRL, Key, ManualScheduler, TestSeat
from support_house import PIN as REAL_PIN
from support_house import READER, House, open_house


class _Watched(FakeDesk):
    """Notes when the list is read."""

    reads = 0

    def worklist(self, *given: object) -> object:  # type: ignore[override]
        self.reads += 1
        return super().worklist(*given)  # type: ignore[arg-type]


@contextmanager
def _started(
    qtbot: QtBot, desk: DeskLike, settings: Settings, appearance: Appearance
) -> Iterator[TestSeat]:
    """A window as it stands right after the start."""
    clock = FakeClock()
    scheduler = ManualScheduler(clock)
    station = compose(desk, settings, appearance, InlineTasks(), scheduler, clock)
    qtbot.addWidget(station.window)
    station.window.resize(1920, 1080)
    station.window.show()
    station.window.activateWindow()
    qtbot.waitUntil(station.window.isActiveWindow, timeout=5000)
    yield TestSeat(qtbot, desk, clock, scheduler, station)  # type: ignore[arg-type]
    station.window.close()


def test_the_start_is_locked_and_reads_nothing(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> None:
    appearance.language = Language.ZH
    desk = _Watched(FakeClock())
    morning(desk)
    with _started(qtbot, desk, Settings(folder=tmp_path), appearance) as seat:
        window, signing = seat.station.window, seat.station.signing
        assert window.lock.isVisible()
        assert window.lock.pin.hasFocus()
        assert window.lock._title.text() == "登录"
        assert desk.account.name in window.lock._who.text()
        assert not window.lock.facts.isVisible()
        for hidden in (window.head, window.list, window.centre, window.report, window.status):
            assert not hidden.isVisible()
        seat.scheduler.advance(60)
        seat.press(Key.Key_N, CTRL)
        window.commands.run("study.next")
        assert desk.reads == 0
        assert not [call for call in desk.calls if call[0] == "claim"]
        seat.type("0000")
        seat.press(Key.Key_Return)
        assert signing.locked_since is not None
        assert window.lock.error.isVisible()
        seat.type(PIN)
        seat.press(Key.Key_Return)
        assert not window.lock.isVisible()
        assert desk.reads > 0
        assert seat.station.waiting.rows()
        assert desk.key_open()
        seat.press(Key.Key_L, CTRL)
        assert window.lock._title.text() == "已锁定"
        assert window.lock.facts.isVisible()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "house") as made:
        made.drop("one.dcm", dicom_bytes(an_ecg(local_number="L1")))
        made.take_in()
        yield made


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with open_desk(house.settings, READER.login) as made:
        yield made


def test_a_refused_log_in_is_audited(
    qtbot: QtBot, house: House, desk: Desk, appearance: Appearance
) -> None:
    with _started(qtbot, desk, house.settings, appearance) as seat:
        seat.station.signing.give_pin("000000")
        assert seat.station.signing.locked_since is not None
        trail = house.services.store.trail(f"account:{READER.login}")
        assert trail[-1].action == "key.wrong_pin"
        keep_reader(house.settings, seat.station.signing, READER.login)
        assert recall(house.settings.folder).login is None, "nobody has logged in"
        seat.station.signing.give_pin(REAL_PIN)
        assert seat.station.signing.locked_since is None
        trail = house.services.store.trail(f"account:{READER.login}")
        assert trail[-1].action == "key.opened"
        keep_reader(house.settings, seat.station.signing, READER.login)
        assert recall(house.settings.folder).login == READER.login
        assert len(seat.station.waiting.rows()) == 1


@pytest.mark.parametrize("known", [True, False], ids=["shown", "not-shown-yet"])
def test_a_late_file_is_not_signed_through_the_open_pin_panel(
    qtbot: QtBot, house: House, desk: Desk, appearance: Appearance, *, known: bool
) -> None:
    """Real desk, real store: `known`, whether the window has heard of the file already."""
    store = house.services.store
    with _started(qtbot, desk, house.settings, appearance) as seat:
        reading, signing = seat.station.reading, seat.station.signing
        signing.give_pin(REAL_PIN)
        (row,) = seat.station.waiting.rows()
        before = len(row.study.objects)
        reading.take(row.study.id)
        seat.looked()
        while reading.drafting.undecided:
            reading.drafting.reject()
        reading.drafting.write(conclusion="窦性心律")
        reading.flush()
        desk.close_key()
        seat.press(Key.Key_Return, CTRL)
        assert signing.panel is Panel.PIN
        uid = row.study.study_uid
        late = replace(
            an_ecg(local_number="L1"),
            identity=Identity(study_uid=uid, sop_instance_uid=f"1.2.826.9.{before}"),
        )
        house.drop(f"late{before}.dcm", dicom_bytes(late))
        house.services.intake().run_once()
        if known:
            seat.station.waiting.poll()
            assert signing.panel is Panel.NONE
        signing.give_pin(REAL_PIN)
        assert store.study(row.study.id).state is StudyState.CLAIMED
        assert len(store.study(row.study.id).objects) == before + 1
        assert not [v for v in store.reports(row.study.id) if v.sha256 is not None]
        assert reading.in_hand is not None, "it is in front again"
        reading.close()
