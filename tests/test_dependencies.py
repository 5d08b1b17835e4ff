"""Farlead needs no package but those that it asks for: the tests' own are hidden from it."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_IMPORT_ALL = """
import importlib, json, pkgutil, sys

hidden = frozenset(json.loads(sys.argv[1]))

class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"{name} is no package of ours", name=name)
        return None

sys.meta_path.insert(0, Hiding())
for root in ("farlead_signal", "farlead", "farlead_ui"):
    package = importlib.import_module(root)
    for module in pkgutil.walk_packages(package.__path__, root + "."):
        if not module.name.endswith("__main__") and ".versions." not in module.name:
            importlib.import_module(module.name)
            print(module.name)
"""


def _come(lines: Iterable[str], extras: frozenset[str], seen: set[str]) -> None:
    """Names of all that is installed for some requirements, into `seen`."""
    marks = [{"extra": extra} for extra in ("", *extras)]
    for needed in map(Requirement, lines):
        name = canonicalize_name(needed.name)
        wanted = frozenset(needed.extras)
        asked = f"{name}{sorted(wanted)}"
        if asked not in seen and (
            needed.marker is None or any(needed.marker.evaluate(mark) for mark in marks)
        ):
            seen |= {name, asked}
            _come(distribution(name).requires or (), wanted, seen)


def _hidden() -> Iterator[str]:
    """Top modules that only packages of the tests bring."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    ours = {"farlead"}
    _come(project["project"]["dependencies"], frozenset(), ours)
    for module, names in packages_distributions().items():
        if not ours & {canonicalize_name(name) for name in names}:
            yield module


def test_every_module_is_imported_with_the_packages_that_are_asked_for() -> None:
    hidden = sorted(_hidden())
    assert {"pytest", "hypothesis", "wfdb"} <= set(hidden)
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, json.dumps(hidden)],
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.splitlines()) > 400
