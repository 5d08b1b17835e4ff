"""A unit that fetches at once gets each report once, the PDF before its summary."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from farlead.exchange.delivery import DeliveryResult, Dispatch
from farlead.exchange.delivery import files as delivery_files
from farlead.model.lives import DeliveryState
from farlead.model.people import Unit
from farlead.objects import ObjectFolder
from farlead.settings import Settings
from farlead.store import SignedReport, Store
from support_store import FakeClock, arrival, draft, reader

_REPORTS = 12


class _Hub:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.settings = Settings(folder=folder)
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.objects = ObjectFolder(folder / "objects")
        self.delivery = Dispatch(self.settings, self.store, self.objects, self.clock)
        self.folder.mkdir(parents=True)

    @property
    def folder(self) -> Path:
        return self.settings.outbox("u1")

    def finish(self, name: str) -> int:
        account = reader(self.store, f"li{name}")
        study = self.store.add_object(arrival(name)).study_id
        pdf = b"%PDF-1.7 " + name.encode() * 1000
        signed = SignedReport(
            draft(), self.objects.put(pdf), len(pdf), "{}", account, self.store.now()
        )
        self.store.finish(self.store.claim(study, account, "seat"), signed, ["u1"])
        return study


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[_Hub]:
    made = _Hub(tmp_path)
    yield made
    made.delivery.close()
    made.store.close()


@contextmanager
def fetching(folder: Path) -> Iterator[list[str]]:
    """A unit that takes away whatever has a name, without ever resting."""
    fetched: list[str] = []
    done = threading.Event()

    def fetch() -> None:
        while True:
            last = done.is_set()
            for path in sorted(folder.iterdir(), key=lambda path: path.suffix, reverse=True):
                if not path.name.startswith("."):
                    path.unlink()
                    fetched.append(path.name)
            if last:
                return

    thread = threading.Thread(target=fetch)
    thread.start()
    try:
        yield fetched
    finally:
        done.set()
        thread.join()


def test_a_unit_that_fetches_in_a_tight_loop_gets_each_report_once(hub: _Hub) -> None:
    studies = [hub.finish(f"r{i}") for i in range(_REPORTS)]
    with fetching(hub.folder) as fetched:
        assert hub.delivery.settle() == DeliveryResult(confirmed=_REPORTS)
        for _ in range(3):
            hub.clock.advance(hours=1)
            assert hub.delivery.settle() == DeliveryResult()
    numbers = [hub.store.study(study).number for study in studies]
    assert sorted(fetched) == sorted(f"{n}-v1.{s}" for n in numbers for s in ("pdf", "json"))
    for study in studies:
        assert hub.store.deliveries(study)[0].state is DeliveryState.CONFIRMED


def test_both_are_written_and_read_back_before_the_first_appears(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, list[str]]] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        if self.parent == hub.folder:
            seen.append((target.suffix, sorted(p.name[:6] for p in hub.folder.iterdir())))
        return replace(self, target)

    hub.finish("a")
    monkeypatch.setattr(Path, "replace", watched)
    hub.delivery.settle()
    assert [suffix for suffix, _ in seen] == [".pdf", ".json"]
    assert seen[0][1] == [".part-", ".part-"]


def test_what_reads_back_differently_never_appears(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = delivery_files._fill

    def spoilt(descriptor: int, data: bytes) -> None:
        fill(descriptor, data[:-1] + b"?" if data.startswith(b"%PDF") else data)

    study = hub.finish("a")
    with monkeypatch.context() as patch:
        patch.setattr(delivery_files, "_fill", spoilt)
        assert hub.delivery.settle() == DeliveryResult(failed=1)
    assert list(hub.folder.iterdir()) == []
    assert [d.attempts for d in hub.store.failing_deliveries()] == [1]
    hub.clock.advance(minutes=1)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert hub.store.deliveries(study)[0].state is DeliveryState.CONFIRMED


def test_a_summary_that_still_lies_there_says_that_the_report_was_fetched(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    study = hub.finish("a")
    with monkeypatch.context() as patch:
        patch.setattr(hub.store, "confirm", die)
        with pytest.raises(KeyboardInterrupt):
            hub.delivery.settle()
    next(hub.folder.glob("*.pdf")).unlink()
    hub.clock.advance(minutes=2)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert [path.suffix for path in hub.folder.iterdir()] == [".json"]
    assert hub.store.deliveries(study)[0].state is DeliveryState.CONFIRMED
