"""Every public name says what it is for."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _undocumented(module: Path) -> list[str]:
    tree = ast.parse(module.read_text("utf-8"))
    place = module.relative_to(ROOT)
    missing = [] if ast.get_docstring(tree) or not tree.body else [str(place)]
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                missing.append(f"{place}:{node.lineno} {node.name}")
            if isinstance(node, ast.ClassDef):
                missing.extend(_undocumented_methods(node, place))
    return missing


def _undocumented_methods(node: ast.ClassDef, place: Path) -> list[str]:
    return [
        f"{place}:{method.lineno} {node.name}.{method.name}"
        for method in node.body
        if isinstance(method, ast.FunctionDef)
        and not method.name.startswith("_")
        and not _inherits_its_docstring(method)
        and not _sets_a_property(method)
        and not ast.get_docstring(method)
    ]


def _sets_a_property(method: ast.FunctionDef) -> bool:
    return any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in method.decorator_list)


def _inherits_its_docstring(method: ast.FunctionDef) -> bool:
    """Qt's own virtual methods (paintEvent, rowCount) are camelCase and documented by Qt."""
    return any(c.isupper() for c in method.name) or method.name in {"paint", "data", "shape"}


def test_every_public_name_is_documented() -> None:
    missing: list[str] = []
    for root in ("workstation", "ui", "signal"):
        for module in sorted((ROOT / root).rglob("*.py")):
            missing.extend(_undocumented(module))
    assert not missing, "\n".join(missing)
