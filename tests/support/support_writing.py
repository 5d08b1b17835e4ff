"""Figures of writing a report: type-ahead, keys of a normal ECG, keystroke to paper."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ecg_files import dicom_bytes, recording
from fake_desk import PIN, FakeClock, FakeDesk
from farlead.desk.writing import WritingDesk
from farlead.model.study import Kind
from farlead.services import open_desk
from farlead.settings import Settings
from farlead_ui.app import standing
from farlead_ui.compose import Station, compose, dress
from farlead_ui.i18n import Languages
from farlead_ui.seat import SeatMemory
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.writing import offered
from support_gui import ManualScheduler
from support_house import PIN as HOUSE_PIN
from support_house import READER, open_house

#: What a reader types: each is asked for at every letter.
TYPED = (
    "dxxl", "xfcdbksxsl", "房颤", "前壁心梗", "sinus tachy", "av block", "st段抬高", "zcxdt",
    "qbtbdz", "RH2", "MI30", "wqxyszzz", "zzzz", "x", "心", "xf颤动", "T 波", "lbbb", "建议复查",
)  # fmt: skip
_LEAST = 500
_ROUNDS, _KEYSTROKES = 3, 24
_SECONDS = 30.0


def typeahead_ms() -> float:
    """95th percentile over all beginnings of :data:`TYPED`, each the fastest of a few rounds."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "own.toml"
        own.write_text(_own(), "utf-8")
        desk = WritingDesk(Settings(folder=Path(folder), own_statements=own))
        entries = len(desk._catalogue.entries)
        assert entries >= _LEAST, entries
        taken = [
            min(_taken(lambda: offered(desk, (), query, 7, Kind.ECG)) for _ in range(_ROUNDS))  # type: ignore[arg-type]  # noqa: B023  # the part of a desk that offers; called at once
            for text in TYPED
            for query in (text[:n] for n in range(1, len(text) + 1))
        ]
    return quantiles(taken, n=20)[-1]


def _own() -> str:
    """A hospital's own statements, so that there are as many as the aim speaks of."""
    tables = (
        f'[[statement]]\ncode = "HX{n:03}"\nzh = "本院语句第 {n} 条"\nen = "Own statement {n}"\n'
        f'pinyin = ["byyjd{n}t"]\n'
        for n in range(100, 112)
    )
    return 'kind = "ecg"\nzh = "本院"\nen = "Own"\n' + "".join(tables)


def _taken(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def keys_normal() -> float:
    """Keys from a normal ECG that is open to the next study on the screen."""
    application, languages = _application()
    clock = FakeClock()
    desk = FakeDesk(clock)
    for name in ("示例一", "示例二"):
        desk.add(name)
    desk.open_key(PIN)
    scheduler = ManualScheduler(clock)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(folder=Path(folder))
        station = compose(desk, settings, languages, InlineTasks(), scheduler, clock)
        window = station.window
        window.resize(1920, 1080)
        window.show()
        window.activateWindow()
        station.signing.give_pin(PIN)
        station.reading.next()
        first = station.reading.in_hand
        assert first is not None
        _until(lambda: station.reading.painted_at is not None)
        scheduler.advance(2.0)
        pressed = 0
        for key, modifier in ((Qt.Key.Key_Y, _NONE), (Qt.Key.Key_Return, _CTRL)):
            QTest.keyClick(application.focusWidget() or window, key, modifier)
            pressed += 1
        assert [study for study, _ in desk.signed] == [first.study]
        here = station.reading.in_hand
        assert here is not None
        assert here.study != first.study
        window.close()
    return float(pressed)


_NONE, _CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def _application() -> tuple[QApplication, Appearance]:
    made = QApplication.instance()
    application = made if isinstance(made, QApplication) else QApplication([])
    appearance = Appearance()
    Languages(application).forget()
    dress(application, appearance)
    return application, appearance


def window_preview_ms() -> tuple[float, float]:
    """Keystroke in the conclusion to the page painted beside it.

    Returns
    -------
    tuple of float
        95th percentile, and the median of the processor time of all threads: what is left on a
        machine that others use.
    """
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        house.drop("1.dcm", dicom_bytes(recording(rate=72, noise=0.01)))
        house.take_in()
        study = house.waiting()[0].study.id
        with (
            open_desk(house.settings, READER.login) as desk,
            standing(desk, house.settings, SeatMemory(login=READER.login), serve=False) as station,
        ):
            return _followed(station, study)


def _followed(station: Station, study: int) -> tuple[float, float]:
    window = station.window
    window.resize(1920, 1080)
    window.show()
    window.activateWindow()
    station.signing.give_pin(HOUSE_PIN)
    _until(lambda: station.waiting.worklist is not None and station.signing.locked_since is None)
    station.reading.take(study)
    _until(lambda: station.reading.painted_at is not None)
    paper = window.paper
    paper.toggle()
    _until(lambda: bool(paper.pages))
    text = window.report.texts.conclusion
    text.setFocus()
    wall, cpu = [], []
    for number in range(_KEYSTROKES):
        before, began, used = paper.pages, time.perf_counter(), time.process_time()
        QTest.keyClicks(text, "abcdefgh"[number % 8])
        _until(lambda: paper.pages is not before)  # noqa: B023  # called at once
        window.paper_view.repaint()
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - used))
    window.close()
    return quantiles(wall[4:], n=20)[-1], median(cpu[4:])


def _until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not reached():
        QCoreApplication.processEvents()
        time.sleep(0.001)
        if time.monotonic() > end:
            raise TimeoutError
