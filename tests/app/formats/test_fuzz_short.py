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


#: A reader that dies once, takes 250 MB, claims 4 GB, fails, and works on and on.
DRIVER = """
import os, sys, time
from pathlib import Path
sys.path[:0] = {paths!r}
import pool, trial

if __name__ == "__main__":
    workers = pool.Pool(1)
    for found in workers.run("csv", 1, 20, (), time.monotonic() + 60):
        for number, kind in found.faults:
            print(number, kind)
    workers.close()
else:
    died = Path(__file__).with_name("died")

    def read(data, calls=[0]):
        calls[0] += 1
        match calls[0]:
            case 3 if not died.exists():
                died.touch()
                os.abort()
            case 5: held = bytearray(250 << 20)
            case 7: held = bytearray(1 << 32)
            case 9: raise KeyError("x")
            case 11 | 12 | 13:
                begin = time.process_time()
                while time.process_time() - begin < 0.9:
                    pass
        return trial.ImageStudy(trial.np.zeros((1, 1, 1)), "OT")

    trial.read = read
    trial.LIMIT_SECONDS = 0.8
"""


def test_the_fuzzer_sees_what_it_looks_for(tmp_path: Path) -> None:
    driver = tmp_path / "driver.py"
    paths = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "fuzz")]
    driver.write_text(DRIVER.format(paths=paths))
    done = subprocess.run(
        [sys.executable, str(driver)], capture_output=True, text=True, check=False
    )
    kinds = [line.split(":")[0].split(" ", 1)[1] for line in done.stdout.splitlines()]
    assert sorted(kinds) == ["crash", "crash", "died", "memory", "slow"], done.stderr + done.stdout
    assert "MemoryError" in done.stdout
    assert "KeyError" in done.stdout
