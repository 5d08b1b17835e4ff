"""What every test shares: the shared recordings, and a home of its own."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing on a busy machine: speed is measured by benchmarks.
settings.register_profile("farlead", deadline=None)
settings.load_profile("farlead")

_DEFAULT = Path(__file__).parents[2] / "shared" / "data"

#: A file system in memory, and the room that the tests need there at most.
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - folders in it are made by tempfile

# Every store is written through to the disk: thousands of small waits, where there is a disk.
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None  # whoever has asked before asks again


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests first: a worker that begins one at the end holds up all others."""
    long = {each.path for each in items if each.get_closest_marker("slow")}
    items.sort(key=lambda each: each.path not in long)


def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def farlead_data() -> Path:
    """Folder of the shared recordings; without it the test is skipped, in CI it fails."""
    folder = Path(os.environ.get("FARLEAD_DATA", _DEFAULT))
    if folder.is_dir():
        return folder
    reason = "the shared recordings are not here: set FARLEAD_DATA to their folder"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the settings or data of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("FARLEAD_HOME", str(home / "farlead"))


if "DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
