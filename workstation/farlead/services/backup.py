"""Backup and restore of the embedded store: database, objects, keys and settings in one file."""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from farlead.errors import StoreError
from farlead.messages import message
from farlead.settings import Settings, load_settings
from farlead.store import Store

_DATABASE = "farlead.db"
_MANIFEST = "manifest.json"
_FOLDERS = ("objects", "keys")
_FILES = ("settings.toml", "layouts.toml")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: number of files and of bytes, and the studies of its database."""

    file: Path
    files: int
    size: int
    studies: int


def backup(settings: Settings, target: Path) -> BackedUp:
    """Write a backup while the house goes on working; whole or not at all.

    The database is copied as it was at one moment, then the objects: one that a row refers to was
    there before the row, so none is missing.

    Raises
    ------
    StoreError
        The store is a server's, or `target` exists or cannot be written.
    """
    if target.exists():
        raise StoreError(message("services.backup_exists", file=str(target)))
    part = target.with_name(f"{target.name}.part")
    try:
        with Store.of(settings) as store, tempfile.TemporaryDirectory(dir=target.parent) as folder:
            copy = Path(folder) / _DATABASE
            store.copy_to(copy)
            studies = sum(store.balance().states.values())
            handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as out:
                sizes = _write(out, [(_DATABASE, copy), *_contents(settings)])
                out.flush()
                os.fsync(out.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        cause = error.strerror or str(error)
        told = message("services.backup_failed", file=str(target), cause=cause)
        raise StoreError(told) from error
    return BackedUp(target, len(sizes), sum(sizes), studies)


def restore(file: Path, folder: Path) -> BackedUp:
    """Make an installation of a backup, in a folder that holds none; every file is compared.

    Raises
    ------
    StoreError
        The folder holds a store already, the backup is damaged, or this program is older than
        its database; nothing is left behind.
    SettingsError
        Its settings are none of this program; the same holds.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(message("services.restore_not_empty", folder=str(folder)))
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _beside(folder) as made:
        try:
            with tarfile.open(file) as archive:
                archive.extractall(made, filter="data")
            sizes = _compare(made)
        except (OSError, tarfile.TarError, ValueError, KeyError) as error:
            told = message("services.restore_damaged", file=str(file), cause=str(error))
            raise StoreError(told) from error
        (made / _MANIFEST).unlink()
        with Store.of(load_settings(made)) as store:
            studies = sum(store.balance().states.values())
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return BackedUp(file, len(sizes), sum(sizes), studies)


def _contents(settings: Settings) -> Iterator[tuple[str, Path]]:
    for name in _FILES:
        if (settings.folder / name).is_file():
            yield name, settings.folder / name
    for top in _FOLDERS:
        for path in sorted((settings.folder / top).rglob("*")):
            if path.is_file() and not path.name.endswith(".part"):
                yield path.relative_to(settings.folder).as_posix(), path


def _write(out: io.BufferedWriter, files: Iterable[tuple[str, Path]]) -> list[int]:
    """One archive with the hash of every file in its last member."""
    hashes: dict[str, str] = {}
    sizes: list[int] = []
    with tarfile.open(fileobj=out, mode="w|") as archive:
        for name, path in files:
            archive.add(path, name, recursive=False, filter=_private)
            hashes[name] = _hash(path)
            sizes.append(path.stat().st_size)
        manifest = json.dumps(hashes, indent=1).encode()
        info = _private(tarfile.TarInfo(_MANIFEST))
        info.size = len(manifest)
        archive.addfile(info, io.BytesIO(manifest))
    return sizes


def _private(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.mode, info.uid, info.gid, info.uname, info.gname = 0o600, 0, 0, "", ""
    return info


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _compare(folder: Path) -> list[int]:
    """Sizes of the files; ValueError for one that is missing, altered or not in the manifest."""
    hashes = json.loads((folder / _MANIFEST).read_text("utf-8"))
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    for name in sorted(there.symmetric_difference({*hashes, _MANIFEST})):
        raise ValueError(f"{name} is missing, or was not written by a backup")
    for name, digest in hashes.items():
        if _hash(folder / PurePosixPath(name)) != digest:
            raise ValueError(f"{name} was altered")
    return [(folder / name).stat().st_size for name in hashes]


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A private folder beside, whose contents are removed unless it was renamed."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as around:
        made = Path(around) / "made"
        made.mkdir(mode=0o700)
        yield made
