"""A short run of the fuzzer: a few hundred damaged files of every reader end in a reason."""

import re
import subprocess
import sys
from pathlib import Path

from farlead.formats import READERS

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "tests" / "fuzz" / "formats.py"
COUNT = 200


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_damaged_files_of_every_reader_end_in_a_recording_or_a_reason(tmp_path: Path) -> None:
    done = _run(tmp_path, "--reader", "all", "--count", str(COUNT), "--seed", "6")
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"^(\w+): (\d+) inputs in", done.stdout, re.MULTILINE))
    assert counts == dict.fromkeys([*(reader.name for reader in READERS), "zip"], str(COUNT))
