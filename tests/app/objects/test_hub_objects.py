"""Objects of a hub: durable before they count, near at hand, fetched again when the cache fails."""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from farlead.errors import ObjectMissing
from farlead.objects.entries import Bounds
from farlead.objects.hub import PIECE, HubObjects


class Hub:
    """A database that keeps objects, and can lose them."""

    def __init__(self) -> None:
        self.kept: dict[str, list[bytes]] = {}
        self.asked = 0

    def put_blob(self, sha256: str, pieces: Iterable[bytes]) -> None:
        self.kept[sha256] = list(pieces)

    def blob(self, sha256: str) -> Iterator[bytes] | None:
        self.asked += 1
        return iter(self.kept[sha256]) if sha256 in self.kept else None

    def has_blob(self, sha256: str) -> bool:
        return sha256 in self.kept

    def blob_names(self) -> Iterator[str]:
        return iter(sorted(self.kept))


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_what_one_station_puts_another_reads(tmp_path: Path, hub: Hub) -> None:
    data = os.urandom(PIECE + 17)
    sha256 = HubObjects(tmp_path / "one", hub).put(data)
    assert [len(piece) for piece in hub.kept[sha256]] == [PIECE, 17]
    other = HubObjects(tmp_path / "two", hub)
    assert other.exists(sha256)
    assert other.get(sha256) == data
    assert other.get(sha256) == data
    assert hub.asked == 1
    assert list(other.names()) == [sha256]


def test_a_file_is_put_without_holding_it_and_has_a_path_everywhere(
    tmp_path: Path, hub: Hub
) -> None:
    source = tmp_path / "ecg.dcm"
    source.write_bytes(b"bytes of an ECG")
    sha256, size = HubObjects(tmp_path / "one", hub).put_file(source)
    assert size == 15
    assert HubObjects(tmp_path / "two", hub).path(sha256).read_bytes() == b"bytes of an ECG"


def test_a_broken_entry_is_fetched_again(tmp_path: Path, hub: Hub) -> None:
    objects = HubObjects(tmp_path / "one", hub)
    sha256 = objects.put(b"true bytes")
    objects.path(sha256).chmod(0o600)
    objects.path(sha256).write_bytes(b"false bytes")
    assert objects.get(sha256) == b"true bytes"
    assert objects.path(sha256).read_bytes() == b"true bytes"


def test_what_the_hub_gives_is_checked(tmp_path: Path, hub: Hub) -> None:
    sha256 = hashlib.sha256(b"true").hexdigest()
    hub.kept[sha256] = [b"false"]
    objects = HubObjects(tmp_path / "one", hub)
    with pytest.raises(ObjectMissing):
        objects.get(sha256)
    assert not list((tmp_path / "one").rglob(".part-*"))


def test_what_nobody_has_is_told(tmp_path: Path, hub: Hub) -> None:
    with pytest.raises(ObjectMissing):
        HubObjects(tmp_path / "one", hub).get("0" * 64)


def test_a_database_that_fails_keeps_nothing_half_done(tmp_path: Path, hub: Hub) -> None:
    def fail(_: str, __: object) -> None:
        raise OSError("gone")

    hub.put_blob = fail  # type: ignore[method-assign]  # a database that fails
    objects = HubObjects(tmp_path / "one", hub)
    with pytest.raises(OSError, match="gone"):
        objects.put(b"bytes")
    assert not hub.has_blob(hashlib.sha256(b"bytes").hexdigest())


def test_the_longest_unused_goes_and_what_is_too_old(tmp_path: Path, hub: Hub) -> None:
    time = Clock()
    objects = HubObjects(tmp_path / "one", hub, Bounds(size=3000, age=3600), clock=time)
    names = []
    for number in range(3):
        names.append(objects.put(bytes([number]) * 1000))
        time.now += 10
    objects.get(names[0])
    objects.put(b"x" * 1000)
    assert _near(tmp_path / "one", names) == [names[0], names[2]]
    assert objects.get(names[1]) == bytes([1]) * 1000
    time.now += 4000
    objects.put(b"one more")
    assert _near(tmp_path / "one", names) == []


def test_what_is_pinned_stays_until_it_is_lifted(tmp_path: Path, hub: Hub) -> None:
    time = Clock()
    objects = HubObjects(tmp_path / "one", hub, Bounds(size=2000, age=3600), clock=time)
    held, other = objects.put(b"a" * 1000), objects.put(b"b" * 1000)
    objects.pin("study:1", [held], 120)
    time.now += 60
    third = objects.put(b"c" * 1000)
    assert _near(tmp_path / "one", [held, other, third]) == [held, third]
    # Another process of this station respects it, too.
    beside = HubObjects(tmp_path / "one", hub, Bounds(size=2000, age=3600), clock=time)
    fourth = beside.put(b"d" * 1000)
    assert _near(tmp_path / "one", [held, third, fourth]) == [held, fourth]
    objects.lift("study:1")
    time.now += 1
    last = HubObjects(tmp_path / "one", hub, Bounds(size=2000, age=3600), clock=time)
    fifth, sixth = last.put(b"e" * 1000), last.put(b"f" * 1000)
    assert _near(tmp_path / "one", [held, fourth, fifth, sixth]) == [fifth, sixth]


def test_a_pin_ends_with_the_time_that_was_said(tmp_path: Path, hub: Hub) -> None:
    time = Clock()
    objects = HubObjects(tmp_path / "one", hub, Bounds(size=1000, age=3600), clock=time)
    held = objects.put(b"a" * 1000)
    objects.pin("study:1", [held], 120)
    assert objects.get(objects.put(b"b" * 1000)) == b"b" * 1000  # handed through
    assert _near(tmp_path / "one", [held]) == [held]
    time.now += 121
    objects.put(b"c" * 1000)
    assert _near(tmp_path / "one", [held]) == []


def test_a_cache_that_was_cleared_away_is_made_anew(tmp_path: Path, hub: Hub) -> None:
    cache = HubObjects(tmp_path / "cache", hub)
    name = hashlib.sha256(b"an ECG").hexdigest()
    hub.put_blob(name, [b"an ECG"])
    shutil.rmtree(tmp_path / "cache")
    assert cache.get(name) == b"an ECG"
    assert cache.get(name) == b"an ECG"
    assert hub.asked == 1


def test_without_room_on_the_disk_an_object_is_handed_through(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = HubObjects(tmp_path / "cache", hub)
    name = hashlib.sha256(b"an ECG").hexdigest()
    hub.put_blob(name, [b"an ECG"])

    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("farlead.objects.hub.tempfile.NamedTemporaryFile", full)
    assert cache.get(name) == b"an ECG"
    assert cache.get(name) == b"an ECG"
    assert hub.asked == 2


def test_what_is_larger_than_the_cache_is_handed_through(tmp_path: Path, hub: Hub) -> None:
    objects = HubObjects(tmp_path / "one", hub, Bounds(size=100))
    sha256 = objects.put(b"a" * 1000)
    assert objects.get(sha256) == b"a" * 1000
    assert _near(tmp_path / "one", [sha256]) == []
    with objects.lent(sha256) as path:
        assert path.read_bytes() == b"a" * 1000
    assert not path.exists()


_CHILD = """
import os, signal, sys
from pathlib import Path
from farlead.objects.hub import HubObjects

class Hub:
    def has_blob(self, sha256): return True
    def blob(self, sha256):
        yield b"first"
        if sys.argv[2] == "amid":
            os.kill(os.getpid(), signal.SIGKILL)
        yield b"second"

class Dies(HubObjects):
    def _name(self, part, sha256, size):
        os.kill(os.getpid(), signal.SIGKILL)

Dies(Path(sys.argv[1]), Hub()).get(sys.argv[3])
"""


@pytest.mark.parametrize("when", ["amid", "before its name"])
def test_a_process_that_dies_amid_a_fetch_leaves_no_half_entry(
    tmp_path: Path, hub: Hub, when: str
) -> None:
    sha256 = hashlib.sha256(b"firstsecond").hexdigest()
    died = subprocess.run(
        [sys.executable, "-c", _CHILD, tmp_path / "one", when, sha256], check=False
    )
    assert died.returncode == -signal.SIGKILL
    time = Clock()
    time.now = (tmp_path / "one").stat().st_mtime + 7200
    objects = HubObjects(tmp_path / "one", hub, clock=time)
    assert _near(tmp_path / "one", [sha256]) == []
    hub.kept[sha256] = [b"firstsecond"]
    assert objects.get(sha256) == b"firstsecond"
    assert not list((tmp_path / "one").glob(".part-*"))


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def _near(folder: Path, names: list[str]) -> list[str]:
    return [name for name in names if (folder / name[:2] / name[2:]).is_file()]
