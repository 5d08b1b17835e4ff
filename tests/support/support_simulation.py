"""The three figures of a simulated morning, by the command that anyone can run."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: Keys of the morning that stand beside those of the window.
KEYS = ("unseen_critical", "missed_critical", "below_critical", "balance", "lost", "behind_s")


def simulated_morning() -> dict[str, float]:
    """Run ``farleadctl simulate``; ``FARLEAD_SIMULATE`` has other options, such as ``--quick``."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "morning.json"
        words = os.environ.get("FARLEAD_SIMULATE", "").split()
        command = [sys.executable, "-m", "farlead.cli", "simulate", *words, "--out", str(file)]
        done = subprocess.run(command, check=False)
        if not file.exists():
            raise RuntimeError(f"the simulated morning ended with {done.returncode}")
        found = json.loads(file.read_text("utf-8"))["figures"]
    return {key: float(found[key]) for key in KEYS}
