"""Delivery into folders: once in effect, whatever fails on the way."""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from farlead.errors import WorkTaken
from farlead.exchange.delivery import DeliveryResult, Dispatch, folder
from farlead.exchange.delivery.postponing import ATTEMPTS
from farlead.messages import Language, Message
from farlead.model.lease import Lease
from farlead.model.lives import DeliveryState
from farlead.model.people import Unit
from farlead.model.report import Delivery
from farlead.objects import ObjectFolder
from farlead.settings import Settings
from farlead.store import SignedReport, Store
from support_store import FakeClock, arrival, draft, reader

_PDF = b"%PDF-1.7 signed report"


class _Hub:
    """A store with one finished report, its bytes, and a delivery service."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.settings = Settings(folder=folder)
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.objects = ObjectFolder(folder / "objects")
        self.study = self._finish("a")
        self.delivery = Dispatch(self.settings, self.store, self.objects, self.clock)

    def _finish(self, name: str) -> int:
        account = reader(self.store, f"li{name}")
        study = self.store.add_object(arrival(name)).study_id
        claim = self.store.claim(study, account, "seat")
        pdf = _PDF + name.encode()
        signed = SignedReport(
            draft=draft(),
            pdf_sha256=self.objects.put(pdf),
            pdf_size=len(pdf),
            content_json='{"schema": "farlead-report/1"}',
            signer=account,
            signed=self.store.now(),
        )
        self.store.finish(claim, signed, ["u1"])
        return study

    finish = _finish

    @property
    def state(self) -> Delivery:
        return self.store.deliveries(self.study)[0]

    @property
    def folder(self) -> Path:
        return self.settings.outbox("u1")

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[_Hub]:
    made = _Hub(tmp_path)
    yield made
    made.delivery.close()
    made.store.close()


def test_a_report_arrives_with_its_summary(hub: _Hub) -> None:
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    number = hub.store.study(hub.study).number
    files = hub.files()
    assert set(files) == {f"{number}-v1.pdf", f"{number}-v1.json"}
    assert files[f"{number}-v1.pdf"] == _PDF + b"a"
    told = json.loads(files[f"{number}-v1.json"])
    assert told["schema"] == "farlead-delivery/1"
    assert told["identifier"] == hub.state.identifier
    assert told["number"] == number
    assert told["pdf"] == {
        "file": f"{number}-v1.pdf",
        "sha256": hashlib.sha256(_PDF + b"a").hexdigest(),
        "size": len(_PDF) + 1,
    }
    assert told["report"] == {"schema": "farlead-report/1"}
    assert hub.state.state is DeliveryState.CONFIRMED
    assert hub.state.confirmed == hub.clock()


def test_others_in_the_group_may_fetch_it(hub: _Hub) -> None:
    hub.delivery.settle()
    assert {path.stat().st_mode & 0o777 for path in hub.folder.iterdir()} == {0o640}


def test_nothing_is_delivered_twice(hub: _Hub) -> None:
    hub.delivery.settle()
    for path in hub.folder.iterdir():
        path.unlink()  # the unit has fetched them
    assert hub.delivery.settle() == DeliveryResult()
    assert hub.files() == {}


def test_a_sender_that_died_is_repeated_without_a_difference(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise _Killed

    monkeypatch.setattr(hub.store, "confirm", die)
    monkeypatch.setattr(hub.store, "end_lease", die)
    with pytest.raises(_Killed):
        hub.delivery.settle()
    monkeypatch.undo()
    before = hub.files()
    identity = {path: path.stat().st_ino for path in hub.folder.iterdir()}
    assert hub.state.state is DeliveryState.SENT
    assert hub.delivery.settle() == DeliveryResult()  # another service may be at it
    hub.clock.advance(minutes=2)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert hub.files() == before
    assert identity == {path: path.stat().st_ino for path in hub.folder.iterdir()}


def test_what_a_killed_writer_left_is_taken_over(hub: _Hub) -> None:
    number = hub.store.study(hub.study).number
    hub.folder.mkdir(parents=True)
    (hub.folder / f".part-{number}-v1.pdf").write_bytes(
        b"half of it, and longer than the report" * 9
    )
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert set(hub.files()) == {f"{number}-v1.pdf", f"{number}-v1.json"}
    assert hub.files()[f"{number}-v1.pdf"] == _PDF + b"a"


def test_a_file_that_another_process_is_writing_is_left_to_it(hub: _Hub) -> None:
    number = hub.store.study(hub.study).number
    hub.folder.mkdir(parents=True)
    part = hub.folder / f".part-{number}-v1.pdf"
    with part.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert hub.delivery.settle() == DeliveryResult(failed=1)
        assert set(hub.files()) == {part.name}
    hub.clock.advance(seconds=13)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert part.name not in hub.files()


def test_a_part_that_was_put_in_its_place_meanwhile_is_not_touched(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = fcntl.flock
    moved = []

    def meanwhile(descriptor: int, operation: int) -> None:
        if not moved:
            moved.append(next(hub.folder.glob(".part-*")).rename(hub.folder / "elsewhere"))
            moved[0].write_bytes(b"another's")
        lock(descriptor, operation)

    monkeypatch.setattr("farlead.exchange.delivery.files.fcntl.flock", meanwhile)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert moved[0].read_bytes() == b"another's"
    assert len(hub.files()) == 3


def test_a_file_system_without_locks_is_no_hindrance(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int, __: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr("farlead.exchange.delivery.files.fcntl.flock", refuse)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)


def test_a_folder_that_cannot_be_made_is_told_and_tried_again(hub: _Hub) -> None:
    outbox = hub.folder.parent
    outbox.mkdir(parents=True)
    (outbox / "u1").write_text("in the way")
    assert hub.delivery.settle() == DeliveryResult(failed=1)
    state = hub.state
    assert state.state is DeliveryState.DUE
    assert state.attempts == 1
    assert state.error is not None
    assert "u1" in state.error.text(Language.ZH)
    assert hub.delivery.settle() == DeliveryResult()  # not before its time
    (outbox / "u1").unlink()
    hub.clock.advance(seconds=13)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert hub.state.error is None


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_full_or_closed_destination_leaves_no_half_file(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("farlead.exchange.delivery.files.os.fsync", fail)
    assert hub.delivery.settle() == DeliveryResult(failed=1)
    assert hub.files() == {}
    assert hub.state.error is not None
    assert os.strerror(number) in hub.state.error.text(Language.EN)


def test_what_reads_back_differently_is_not_confirmed(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = folder._put

    def spoil(files: Mapping[Path, bytes]) -> None:
        put(files)
        next(hub.folder.glob("*.pdf")).write_bytes(b"spoilt")

    monkeypatch.setattr(folder, "_put", spoil)
    assert hub.delivery.settle() == DeliveryResult(failed=1)
    assert hub.state.state is DeliveryState.DUE
    monkeypatch.undo()
    hub.clock.advance(minutes=1)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert next(hub.folder.glob("*.pdf")).read_bytes() == _PDF + b"a"


def test_pauses_grow_and_then_a_person_is_needed(hub: _Hub) -> None:
    hub.folder.parent.mkdir(parents=True)
    hub.folder.symlink_to(hub.folder.parent / "unplugged" / "share")
    pauses = []
    for _ in range(ATTEMPTS - 1):
        assert hub.delivery.settle() == DeliveryResult(failed=1)
        next_try = hub.state.next_try
        assert next_try is not None
        pauses.append((next_try - hub.clock()).total_seconds())
        hub.clock.time = next_try
    for found, least in zip(pauses, [10, 20, 40, 80, 160], strict=False):
        assert least <= found <= least * 1.2  # not all of them at one moment
    assert 3600 <= pauses[-1] <= 3600 * 1.2
    assert hub.delivery.settle() == DeliveryResult(parked=1)
    assert hub.state.state is DeliveryState.PARKED
    assert hub.state.error is not None
    hub.clock.advance(days=1)
    assert hub.delivery.settle() == DeliveryResult()


def test_missing_bytes_stop_only_their_own_report(hub: _Hub) -> None:
    other = hub.finish("b")
    report = hub.store.reports(hub.study)[0]
    hub.objects.path(report.sha256 or "").unlink()
    assert hub.delivery.settle() == DeliveryResult(confirmed=1, failed=1)
    assert hub.store.deliveries(other)[0].state is DeliveryState.CONFIRMED
    assert hub.state.state is DeliveryState.DUE


def test_a_destination_that_one_service_has_in_hand_is_left_by_the_other(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Dispatch(hub.settings, hub.store, hub.objects, hub.clock)
    begin = hub.store.begin_delivery

    def meanwhile(delivery_id: int, lease: Lease | None = None) -> bool:
        monkeypatch.undo()
        assert second.settle() == DeliveryResult()
        return begin(delivery_id, lease)

    monkeypatch.setattr(hub.store, "begin_delivery", meanwhile)
    assert hub.delivery.settle() == DeliveryResult(confirmed=1)
    assert hub.state.state is DeliveryState.CONFIRMED
    assert len(hub.files()) == 2


def test_a_service_that_was_away_too_long_changes_nothing_any_more(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = Dispatch(hub.settings, hub.store, hub.objects, hub.clock)
    confirm = hub.store.confirm

    def meanwhile(delivery_id: int, proof: Message, lease: Lease) -> None:
        monkeypatch.undo()
        hub.clock.advance(minutes=1)
        assert second.settle() == DeliveryResult(confirmed=1)
        with pytest.raises(WorkTaken):
            confirm(delivery_id, proof, lease)
        with pytest.raises(WorkTaken):
            hub.store.retry(delivery_id, proof, hub.clock(), lease)
        with pytest.raises(WorkTaken):
            hub.store.park(delivery_id, proof, lease)
        confirm(delivery_id, proof, lease)

    monkeypatch.setattr(hub.store, "confirm", meanwhile)
    assert hub.delivery.settle() == DeliveryResult()
    assert hub.state.state is DeliveryState.CONFIRMED
    assert len(hub.files()) == 2


def test_a_destination_outside_the_outbox_is_refused(
    hub: _Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    (due,) = hub.store.due_deliveries(1)
    evil = Delivery(
        due.id, due.report, due.study, "../../etc", due.identifier, due.state, due.attempts
    )
    monkeypatch.setattr(hub.store, "due_deliveries", lambda *_, **__: [evil])
    assert hub.delivery.settle() == DeliveryResult(failed=1)
    assert hub.state.error is not None
    assert not (hub.settings.folder / "etc").exists()
