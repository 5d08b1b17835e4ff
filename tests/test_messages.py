"""Every text outside Qt exists in both languages, and every id that the code names exists."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from farlead.messages import Language, Message, catalogue, message, placeholders

ROOT = Path(__file__).parents[1]


def _named_in_code() -> list[tuple[str, str, set[str] | None]]:
    """(place, id, keyword names) of each literal message("…") call; None: built from **names."""
    found: list[tuple[str, str, set[str] | None]] = []
    for root in ("workstation/farlead", "ui/farlead_ui"):
        for module in sorted((ROOT / root).rglob("*.py")):
            for node in ast.walk(ast.parse(module.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _is_message(node) and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        names = {k.arg for k in node.keywords if k.arg}
                        open_ended = any(k.arg is None for k in node.keywords)
                        place = f"{module.relative_to(ROOT)}:{node.lineno}"
                        found.append((place, first.value, None if open_ended else names))
    return found


def _is_message(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "message"


def test_the_catalogue_is_complete() -> None:
    texts = catalogue()
    assert len(texts) > 20
    for identifier, entry in texts.items():
        for language in Language:
            assert entry[language].strip(), f"{identifier} has no {language}"
        assert _chinese(entry[Language.ZH]) or _abbreviation(entry), identifier


def _chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _abbreviation(entry: Mapping[Language, str]) -> bool:
    """QTc, RR: the same in both languages; or nothing but placeholders and signs."""
    words = entry[Language.ZH]
    bare = re.sub(r"\{[^}]*\}", "", words)
    return (words == entry[Language.EN] and len(bare) <= 12) or not re.search(r"[A-Za-z]{2}", bare)


def test_every_message_named_in_the_code_exists_with_its_parameters() -> None:
    texts = catalogue()
    calls = _named_in_code()
    assert calls
    for place, identifier, names in calls:
        assert identifier in texts, f"{place}: {identifier}"
        if names is not None:
            wanted = placeholders(texts[identifier][Language.EN])
            assert wanted <= names, f"{place}: {identifier} lacks {wanted - names}"


def test_a_message_survives_storing() -> None:
    original = message("errors.illegal_transition", life="study", old="a", new="b")
    assert Message.from_dict(original.as_dict()) == original


def test_a_parameter_that_names_a_text_is_shown_in_the_readers_language() -> None:
    told = message("errors.illegal_transition", life="@worklist.reason.unknown", old="1", new="2")
    assert "未能初筛" in told.text(Language.ZH)
    assert "look first" in told.text(Language.EN)


def test_an_unknown_id_is_an_error() -> None:
    with pytest.raises(KeyError):
        message("no.such.text").text(Language.EN)
