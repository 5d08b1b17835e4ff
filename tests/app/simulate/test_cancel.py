"""A simulated morning that is cancelled."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_COMMAND = ("simulate", "--stations", "1", "--units", "2", "--arrivals", "9", "--hours", "0.5")

pytestmark = [pytest.mark.data, pytest.mark.slow]


def test_ctrl_c_leaves_neither_process_nor_folder_behind(
    farlead_data: Path, tmp_path: Path
) -> None:
    environment = os.environ | {"FARLEAD_DATA": str(farlead_data), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "farlead.cli", *_COMMAND], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None and not list(tmp_path.glob("*/diaries")):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
    assert process.returncode != 0
    assert list(tmp_path.glob("farlead-simulate-*")) == []
    assert not [each for each in _commands() if str(tmp_path).encode() in each]


def _commands() -> list[bytes]:
    """What every process of this machine was started with."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(file.read_bytes())
        except OSError:
            continue  # it has just ended
    return found
