"""The safety file is complete, and each control's test exists."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HAZARDS = tomllib.loads((ROOT / "docs" / "safety" / "hazards.toml").read_text("utf-8"))["hazard"]
FIELDS = {"id", "hazard", "cause", "harm", "control", "tests"}
#: Those of the first loop; each needs a row at least.
OF_THE_LOOP = {"wrong-patient", "missed-critical", "unread-study", "wrong-scale", "lost-report"}


@cache
def _tests_of(file: Path) -> frozenset[str]:
    """Names of all test functions and test methods that a file defines."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    return frozenset(
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ) | frozenset(
        node.targets[0].id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if node.targets[0].id.startswith("Test")
    )


def test_the_hazards_of_the_loop_are_there() -> None:
    ids = [row["id"] for row in HAZARDS]
    assert len(ids) == len(set(ids))
    for group in OF_THE_LOOP:
        assert any(identifier.startswith(group) for identifier in ids), group


@pytest.mark.parametrize("row", HAZARDS, ids=lambda row: str(row["id"]))
def test_each_hazard_names_tests_that_exist(row: dict[str, object]) -> None:
    assert set(row) == FIELDS
    tests = row["tests"]
    assert isinstance(tests, list)
    assert tests
    for named in tests:
        file, _, name = str(named).partition("::")
        assert (ROOT / file).is_file(), named
        assert name in _tests_of(ROOT / file), named
