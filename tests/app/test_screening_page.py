"""docs/screening.md tells the rules that are in force, word for word."""

from pathlib import Path

from farlead.analysis.rules import shipped
from farlead.analysis.rules.listing import markdown

PAGE = Path(__file__).parents[2] / "docs" / "screening.md"
BEGIN, END = "<!-- rules -->", "<!-- /rules -->"


def test_the_page_lists_the_rules_of_the_tables() -> None:
    """Mend with: farleadctl rules --markdown, put between the two marks."""
    text = PAGE.read_text("utf-8")
    listed = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    assert listed == markdown(shipped()).strip()


def test_the_page_names_every_key_of_a_rule() -> None:
    text = PAGE.read_text("utf-8")
    asked = type(shipped().rules[0].asked)
    for name in asked.model_fields:
        assert f"`{name}`" in text or f"{name} =" in text or f"[[rule.{name}]]" in text, name
