"""Guards the lay-out that the project file depends on."""

import signal
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _tracked() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listing.stdout.splitlines()


@pytest.mark.parametrize("folder", ["signal", "packaging", "ui", "workstation"])
def test_source_roots_are_no_packages(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()


def test_no_package_under_tests() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
    assert not (ROOT / "tests" / "signal").exists()


def test_the_standard_library_keeps_its_signal() -> None:
    assert signal.__file__ is not None
    assert not Path(signal.__file__).is_relative_to(ROOT)


def test_source_roots_are_not_on_pytests_path() -> None:
    assert PROJECT["tool"]["pytest"]["ini_options"]["pythonpath"] == ["tests/support"]


def test_mypy_has_both_lines() -> None:
    mypy = PROJECT["tool"]["mypy"]
    assert mypy["strict"] is True
    assert mypy["files"] == mypy["mypy_path"] == ["workstation", "ui", "signal"]


def test_each_source_root_holds_one_package() -> None:
    for root, package in {
        "ui": "farlead_ui",
        "workstation": "farlead",
        "signal": "farlead_signal",
    }.items():
        inside = [p.name for p in (ROOT / root).iterdir() if (p / "__init__.py").exists()]
        assert inside == [package]
        assert (ROOT / root / package / "py.typed").exists()


def test_every_package_folder_has_its_init() -> None:
    for root in ("ui/farlead_ui", "workstation/farlead", "signal/farlead_signal"):
        for module in (ROOT / root).rglob("*.py"):
            if "migrations" not in module.parts:  # scripts that Alembic runs by their path
                assert (module.parent / "__init__.py").exists(), module


def test_no_module_hides_one_of_the_standard_library() -> None:
    import sys

    for root in ("ui/farlead_ui", "workstation/farlead", "signal/farlead_signal"):
        tops = {module.stem for module in (ROOT / root).glob("*.py")}
        assert not (tops & sys.stdlib_module_names) - {"__init__"}


def test_build_outputs_are_not_committed() -> None:
    bad = (".qm", ".pyc", ".pdf", ".p12", ".db")
    assert not [path for path in _tracked() if path.endswith(bad)]


def test_pins_are_exact_and_name_no_address() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in pins)
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins}
    needed = PROJECT["project"]["dependencies"]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        needed = needed + extra
    names = {n.split(">")[0].split("[")[0].split("=")[0].lower().replace("_", "-") for n in needed}
    assert names <= pinned, names - pinned


def test_every_dependency_has_its_reason() -> None:
    told = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    for line in PROJECT["project"]["dependencies"]:
        name = line.split(">")[0].split("[")[0].lower()
        assert f"`{name}`" in told, name


def test_pyside_is_pinned_below_the_version_that_aborts() -> None:
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pin = next(line for line in lines if line.lower().startswith("pyside6"))
    assert tuple(int(part) for part in pin.split("==")[1].split(".")[:2]) < (6, 12)


def test_no_absolute_path_and_no_private_word_in_the_tree() -> None:
    for path in _tracked():
        file = ROOT / path
        if file.suffix in {".py", ".md", ".toml", ".sh", ".yaml", ".txt", ".typ", ".ts"}:
            text = file.read_text("utf-8")
            for word in ("/".join(("", "work", "")), "/".join(("", "home", "")), "pypi" + ".org"):
                assert word not in text, f"{path}: {word}"
