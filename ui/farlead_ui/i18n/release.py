"""Build the .qm files: ``python -m farlead_ui.i18n.release [FOLDER]``.

Reads the .ts files beside this module; only those newer than their .qm are built.
"""

import os
import subprocess
import sys
from pathlib import Path

from farlead_ui.i18n import FOLDER


def release(target: Path = FOLDER) -> list[Path]:
    """Build what is missing or out of date in `target`; returns the files that were built.

    Raises
    ------
    subprocess.CalledProcessError
        When Qt's tool refuses a .ts file.
    """
    built = []
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    for source in sorted(FOLDER.glob("*.ts")):
        made = target / f"{source.stem}.qm"
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            part = made.with_suffix(f".{os.getpid()}.part")
            subprocess.run([tool, "-silent", source, "-qm", part], check=True)  # noqa: S603  # our own files
            part.replace(made)  # a window that runs has the old one mapped: it must not change
            built.append(made)
    return built


if __name__ == "__main__":
    release(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
