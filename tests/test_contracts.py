"""Each import contract catches the violation it is there for: planted once, in a copy."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("ui/farlead_ui", "workstation/farlead", "signal/farlead_signal")

# contract's name -> (module that breaks it, line that is planted there)
PLANTED = {
    "ui -> workstation -> signal, never back": (
        "signal/farlead_signal/leads.py",
        "import farlead.messages",
    ),
    "rooms of the workstation: imports point down, one level does not import itself": (
        "workstation/farlead/store/__init__.py",
        "import farlead.reporting",
    ),
    "the workstation knows no Qt": (
        "workstation/farlead/desk/__init__.py",
        "import PySide6.QtCore",
    ),
    "the signal core: numpy and scipy and nothing else": (
        "signal/farlead_signal/leads.py",
        "import pydicom",
    ),
    "the window reaches data only through desk and services": (
        "ui/farlead_ui/worklist/__init__.py",
        "import farlead.store",
    ),
    "rooms of the window do not import one another": (
        "ui/farlead_ui/worklist/__init__.py",
        "import farlead_ui.ecg",
    ),
}


def _contracts() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [contract["name"] for contract in project["tool"]["importlinter"]["contracts"]]


def test_every_contract_has_its_planted_violation() -> None:
    assert set(_contracts()) == set(PLANTED)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        ignore = shutil.ignore_patterns("__pycache__", "*.qm")
        shutil.copytree(ROOT / package, folder / package, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    roots = [str(folder / Path(package).parent) for package in PACKAGES]
    program = f"import sys; sys.path[:0] = {roots}; from importlinter.cli import lint_imports_command; lint_imports_command()"  # noqa: E501 - one program, one line
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_as_it_stands_keeps_all_contracts(copy: Path) -> None:
    done = _lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", list(PLANTED))
def test_a_planted_violation_is_caught(copy: Path, contract: str) -> None:
    path, line = PLANTED[contract]
    module = copy / path
    before = module.read_text("utf-8")
    module.write_text(f"{before}\n{line}\n", "utf-8")
    try:
        done = _lint(copy)
    finally:
        module.write_text(before, "utf-8")
    assert done.returncode == 1, done.stdout
    broken = [row for row in done.stdout.splitlines() if row.rstrip().endswith("BROKEN")]
    assert any(row.startswith(contract[:60]) for row in broken), done.stdout
