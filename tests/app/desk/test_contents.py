"""Decoded contents: kept within a bound, fetched ahead, never half read."""

import threading
from pathlib import Path

import numpy as np
import pytest

from farlead.desk.contents import Contents
from farlead.errors import SandboxTimedOut
from farlead.messages import message
from farlead.model.recording import Recording
from farlead.model.study import StoredObject
from farlead.objects import ObjectFolder


class CountingSandbox:
    """Stands in for the confined process and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.hang: set[bytes] = set()

    def call(self, _function: str, /, *args: object, seconds: float | None = None) -> object:
        (data,) = args
        assert isinstance(data, bytes)
        self.asked.append(data)
        if data in self.hang:
            raise SandboxTimedOut(message("store.busy", seconds=int(seconds or 0)))
        return Recording(np.zeros((1, 1000), np.float32), ("II",), 500.0)  # 4000 bytes


@pytest.fixture
def sandbox() -> CountingSandbox:
    return CountingSandbox()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectFolder:
    return ObjectFolder(tmp_path)


def _store(objects: ObjectFolder, *names: str) -> list[StoredObject]:
    return [StoredObject(objects.put(name.encode()), 1, name, name) for name in names]


def _contents(objects: ObjectFolder, sandbox: CountingSandbox, limit: int = 10_000) -> Contents:
    return Contents(objects, sandbox, seconds=5, limit=limit)  # type: ignore[arg-type]


def test_what_was_read_is_not_read_again(objects: ObjectFolder, sandbox: CountingSandbox) -> None:
    contents = _contents(objects, sandbox)
    stored = _store(objects, "a", "b")
    first = contents.load(stored)
    assert contents.load(stored).contents == first.contents
    assert sandbox.asked == [b"a", b"b"]
    contents.close()


def test_the_oldest_goes_when_the_bound_is_reached(
    objects: ObjectFolder, sandbox: CountingSandbox
) -> None:
    contents = _contents(objects, sandbox)
    a, b, c = _store(objects, "a", "b", "c")
    contents.load([a, b])
    contents.load([a])
    contents.load([c])  # 12,000 bytes: b is the least used
    contents.load([a, c])
    assert sandbox.asked == [b"a", b"b", b"c"]
    contents.load([b])
    assert sandbox.asked[-1] == b"b"
    contents.close()


def test_one_larger_than_the_bound_is_shown_but_not_kept(
    objects: ObjectFolder, sandbox: CountingSandbox
) -> None:
    contents = _contents(objects, sandbox, limit=100)
    stored = _store(objects, "a")
    assert len(contents.load(stored).contents) == 1
    assert len(contents.load(stored).contents) == 1
    assert len(sandbox.asked) == 2
    contents.close()


def test_the_readable_ones_are_shown_and_the_others_named(
    objects: ObjectFolder, sandbox: CountingSandbox
) -> None:
    contents = _contents(objects, sandbox)
    a, b, c = _store(objects, "a", "b", "c")
    sandbox.hang.add(b"b")
    objects.path(c.sha256).unlink()
    loaded = contents.load([a, b, c])
    assert len(loaded.contents) == 1
    assert [bad.object for bad in loaded.unreadable] == [b, c]
    sandbox.hang.clear()
    assert len(contents.load([a, b]).contents) == 2  # failures are not kept
    contents.close()


def test_fetching_ahead_makes_the_next_one_ready(
    objects: ObjectFolder, sandbox: CountingSandbox
) -> None:
    contents = _contents(objects, sandbox)
    stored = _store(objects, "a", "b")
    contents.fetch_ahead(lambda: stored)
    contents._ahead.submit(lambda: None).result(5)
    assert sandbox.asked == [b"a", b"b"]
    contents.load(stored)
    assert len(sandbox.asked) == 2
    contents.close()
    contents.fetch_ahead(lambda: stored)  # after the end nothing is begun
    assert not [t for t in threading.enumerate() if t.name.startswith("farlead-ahead")]


def test_two_readers_of_one_object_decode_it_once(
    objects: ObjectFolder, sandbox: CountingSandbox
) -> None:
    contents = _contents(objects, sandbox)
    stored = _store(objects, "a")
    threads = [threading.Thread(target=contents.load, args=(stored,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sandbox.asked == [b"a"]
    contents.close()


def test_a_bug_in_the_background_is_logged(
    objects: ObjectFolder, sandbox: CountingSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    contents = _contents(objects, sandbox)

    def broken() -> list[StoredObject]:
        raise ZeroDivisionError("a bug")

    contents.fetch_ahead(broken)
    contents._ahead.submit(lambda: None).result(5)
    contents.close()
    assert "a bug" in caplog.text
