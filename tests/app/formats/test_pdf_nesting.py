"""Drawings that contain one another many times over are refused before anything is drawn."""

import pytest

from document_files import encapsulated, nested_pdf, pdf
from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.pdf_nesting import ENDLESS, MOST_DRAWN, most_drawn
from farlead.messages import Language
from farlead.model.recording import ImageStudy


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"filters": ("FlateDecode",)},
        {"filters": ("ASCII85Decode", "FlateDecode")},
        {"filters": ("ASCIIHexDecode",)},
        {"packed": True},
        {"shared": True},
        {"shared": True, "packed": True, "filters": ("FlateDecode",)},
    ],
)
def test_forms_within_forms_are_counted_each_time(options: dict[str, object]) -> None:
    made = nested_pdf(3, 10, **options)  # type: ignore[arg-type]
    assert most_drawn(made) == 10 + 100 + 1000
    assert isinstance(read(made), ImageStudy)
    much = nested_pdf(5, 10, **options)  # type: ignore[arg-type]
    with pytest.raises(UnreadableFile) as caught:
        read(much)
    assert caught.value.reason.id == "formats.pdf.drawings"
    assert "请单位" in caught.value.text(Language.ZH)


def test_what_is_forty_deep_is_refused_at_once() -> None:
    for wrapped in (bytes, encapsulated):
        with pytest.raises(UnreadableFile) as caught:
            read(wrapped(nested_pdf(39)))
        assert caught.value.reason.id == "formats.pdf.endless"


def test_forms_that_contain_themselves_are_refused() -> None:
    assert most_drawn(nested_pdf(2, 1, loop=True)) >= ENDLESS
    with pytest.raises(UnreadableFile) as caught:
        read(nested_pdf(2, 1, loop=True))
    assert "without end" in caught.value.text(Language.EN)


def test_contents_that_cannot_be_looked_into_are_no_way_around() -> None:
    assert most_drawn(nested_pdf(4, 1, filters=("LZWDecode",))) > MOST_DRAWN


def test_a_document_without_forms_draws_none() -> None:
    assert most_drawn(pdf()) == 0


@pytest.mark.parametrize(
    "piece", [b"/XObject <<", b"/Contents [", b"/Filter [", b"/Resources 9 0 R", b"1 0 obj "]
)
def test_an_entry_that_is_repeated_is_not_followed_each_time(piece: bytes) -> None:
    """A hundred thousand beginnings without an end: followed each to the end, it takes hours."""
    made = nested_pdf(2)
    at = made.index(b"/Subtype /Form")
    assert most_drawn(made[:at] + piece * 100_000 + made[at:]) <= 1010
