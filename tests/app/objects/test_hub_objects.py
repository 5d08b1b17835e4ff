"""Objects of a hub: durable before they count, near at hand, fetched again when the cache fails."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from farlead.errors import ObjectMissing
from farlead.objects.hub import PIECE, Bounds, HubObjects


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


def test_the_cache_keeps_its_bounds_and_what_is_in_use(tmp_path: Path, hub: Hub) -> None:
    objects = HubObjects(tmp_path / "one", hub, Bounds(size=2500, age=3600))
    names = [objects.put(bytes([number]) * 1000) for number in range(5)]
    now = time.time()
    for name, unused in zip(names, (7200, 3000, 2000, 900, 10), strict=True):
        os.utime(objects.path(name), (now - unused, now - unused))
    objects._swept = 0.0
    objects.put(b"one more")
    left = [name for name in names if (tmp_path / "one" / name[:2] / name[2:]).is_file()]
    assert left == names[3:]
    assert objects.get(names[0]) == bytes([0]) * 1000
