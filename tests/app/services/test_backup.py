"""Backup of the embedded store while it works, and what is restored of it."""

import hashlib
import json
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ecg_files import dicom_bytes
from farlead.errors import SchemaMismatch, StoreError
from farlead.services import Services, backup, restore
from farlead.settings import Settings, load_settings
from support_house import House, house_settings, open_house
from support_store import arrival


@pytest.fixture
def house(tmp_path: Path) -> House:
    with open_house(tmp_path / "house") as made:
        made.drop("a.dcm", dicom_bytes())
        made.take_in()
    return made


def _studies(settings: Settings) -> list[str]:
    with Services(settings) as services:
        assert services.store.check() == []
        assert services.store.verify_audit() == []
        for study in services.store.studies():
            for stored in study.objects:
                assert services.objects.get(stored.sha256)
        return [study.number for study in services.store.studies()]


def test_what_is_backed_up_is_restored_with_its_objects_and_keys(
    house: House, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    made = backup(house.settings, file)
    assert made.studies == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = restore(file, tmp_path / "restored")
    assert (again.studies, again.files) == (made.studies, made.files)
    settings = load_settings(tmp_path / "restored")
    assert settings.units == house.settings.units
    assert _studies(settings) == _studies(house.settings)


def test_a_backup_is_whole_while_others_write(tmp_path: Path) -> None:
    settings = house_settings(tmp_path / "house")
    stop = threading.Event()
    with Services(settings) as services:
        for number in range(20):
            services.store.add_object(arrival(f"a{number}"))

        def write() -> None:
            number = 0
            while not stop.is_set():
                services.store.add_object(arrival(f"b{number}"))
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = backup(settings, tmp_path / "backup.tar")
        finally:
            stop.set()
            writer.join()
    assert made.studies >= 20
    restore(tmp_path / "backup.tar", tmp_path / "restored")
    with Services(load_settings(tmp_path / "restored")) as restored:
        assert restored.store.check() == []
        assert restored.store.verify_audit() == []
        assert restored.store.balance().whole


def test_nothing_is_overwritten(house: House, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    backup(house.settings, file)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="already"):
        backup(house.settings, file)
    assert file.read_bytes() == before
    with pytest.raises(StoreError, match="not empty"):
        restore(file, house.settings.folder)


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.9])
def test_a_damaged_backup_restores_nothing(house: House, tmp_path: Path, place: float) -> None:
    file = tmp_path / "backup.tar"
    backup(house.settings, file)
    with tarfile.open(file) as archive:
        member = max(archive.getmembers(), key=lambda m: m.size)
    data = bytearray(file.read_bytes())
    data[member.offset_data + int(member.size * place)] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        restore(file, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_a_file_that_is_cut_off_restores_nothing(house: House, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    backup(house.settings, file)
    file.write_bytes(file.read_bytes()[:-20_000])
    with pytest.raises(StoreError, match="damaged"):
        restore(file, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_a_backup_of_a_newer_program_restores_nothing(house: House, tmp_path: Path) -> None:
    file, newer = tmp_path / "backup.tar", tmp_path / "newer.tar"
    backup(house.settings, file)
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "parts", filter="data")
    database = tmp_path / "parts" / "farlead.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    manifest = tmp_path / "parts" / "manifest.json"
    hashes = json.loads(manifest.read_text("utf-8"))
    hashes["farlead.db"] = hashlib.sha256(database.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(hashes), "utf-8")
    with tarfile.open(newer, "w") as archive:
        archive.add(tmp_path / "parts", "")
    for _ in range(2):  # the second try meets no rest of the first
        with pytest.raises(SchemaMismatch, match="9999"):
            restore(newer, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
