"""Bytes go in once, whole, for one user; they come out unchanged or not at all."""

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farlead.errors import ObjectMissing
from farlead.messages import Language
from farlead.objects import ObjectFolder


@pytest.fixture
def folder(tmp_path: Path) -> ObjectFolder:
    return ObjectFolder(tmp_path / "objects")


@given(data=st.binary(max_size=5000))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_goes_in_comes_out(folder: ObjectFolder, data: bytes) -> None:
    name = folder.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert folder.get(name) == data
    assert folder.exists(name)


def test_the_same_bytes_are_kept_once(folder: ObjectFolder) -> None:
    first = folder.put(b"ecg")
    inode = folder.path(first).stat().st_ino
    assert folder.put(b"ecg") == first
    assert folder.path(first).stat().st_ino == inode
    assert list(folder.names()) == [first]


def test_only_the_user_may_read(folder: ObjectFolder, tmp_path: Path) -> None:
    path = folder.path(folder.put(b"ecg"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "objects").stat().st_mode) == 0o700


def test_a_changed_object_is_refused_and_mended_by_the_next_put(folder: ObjectFolder) -> None:
    name = folder.put(b"original")
    folder.path(name).write_bytes(b"0riginal")
    with pytest.raises(ObjectMissing, match="do not match") as error:
        folder.get(name)
    assert "备份" in error.value.text(Language.ZH)
    assert folder.put(b"original") == name
    assert folder.get(name) == b"original"


def test_a_missing_object_says_so(folder: ObjectFolder) -> None:
    with pytest.raises(ObjectMissing, match="No such file"):
        folder.get("0" * 64)
    assert not folder.exists("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65])
def test_only_hashes_are_names(folder: ObjectFolder, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        folder.path(name)


def test_a_failed_write_leaves_nothing(
    folder: ObjectFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.put(b"data")
    assert not [p for p in (tmp_path / "objects").rglob("*") if p.is_file()]


def test_files_are_flushed_before_and_folders_after_the_rename(
    folder: ObjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flush(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def rename(self: Path, target: Path) -> Path:
        done.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(Path, "replace", rename)
    folder.put(b"data")
    assert done == ["file", "folder", "rename", "folder"]


def test_a_large_file_is_streamed(folder: ObjectFolder, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.write_bytes(os.urandom(3_000_001))
    name, size = folder.put_file(source)
    assert size == 3_000_001
    assert folder.get(name) == source.read_bytes()


def test_a_link_is_not_followed(folder: ObjectFolder, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic"):
        folder.put_file(tmp_path / "link")


def test_many_writers_of_the_same_bytes(folder: ObjectFolder) -> None:
    data = os.urandom(100_000)
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: folder.put(data), range(40)))
    assert len(names) == 1
    assert folder.get(names.pop()) == data
