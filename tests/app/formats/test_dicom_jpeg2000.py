"""JPEG 2000 frames that ask a decoder for more memory than any image needs are not decoded."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.model.recording import ImageStudy

WHEEL = Path(pydicom.data.__file__).parent / "test_files"


def with_style(codestream: bytes, precincts: int, levels: int = 5) -> bytes:
    """The same JPEG 2000 codestream with stated precincts of this size on all levels."""
    at = codestream.index(b"\xff\x52")
    length = int.from_bytes(codestream[at + 2 : at + 4], "big")
    old = codestream[at + 4 : at + 2 + length]
    new = bytes([old[0] | 1]) + old[1:5] + bytes([levels]) + old[6:10]
    new += bytes([precincts]) * (levels + 1)
    head = codestream[: at + 2] + (len(new) + 2).to_bytes(2, "big")
    return head + new + codestream[at + 2 + length :]


def jpeg2000(change: Callable[[bytes], bytes]) -> bytes:
    """A file of 512 × 512 pixels in a kilobyte, its codestream changed."""
    dataset = dcmread(WHEEL / "693_J2KI.dcm")
    codestream = next(generate_frames(dataset.PixelData, number_of_frames=1))
    dataset.PixelData = encapsulate([change(codestream)])
    file = BytesIO()
    dataset.save_as(file)
    return file.getvalue()


def tiles_of(size: int) -> Callable[[bytes], bytes]:
    def change(codestream: bytes) -> bytes:
        at = codestream.index(b"\xff\x51") + 22
        return codestream[:at] + size.to_bytes(4, "big") * 2 + codestream[at + 8 :]

    return change


def components_of(count: int) -> Callable[[bytes], bytes]:
    def change(codestream: bytes) -> bytes:
        at = codestream.index(b"\xff\x51") + 38
        return codestream[:at] + count.to_bytes(2, "big") + codestream[at + 2 :]

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda codestream: with_style(codestream, 0x00),
        lambda codestream: with_style(codestream, 0x11),
        tiles_of(1),
        tiles_of(4),
        components_of(16_384),
    ],
)
def test_a_codestream_cut_into_too_many_parts_is_refused_undecoded(
    change: Callable[[bytes], bytes],
) -> None:
    """Each part costs a decoder about a kilobyte before it has seen any data."""
    with pytest.raises(UnreadableFile) as caught:
        read(jpeg2000(change))
    assert caught.value.reason.id == "formats.dicom.parts"
    assert caught.value.tag == "(7FE0,0010)"


def test_usual_tiles_and_precincts_are_no_trouble() -> None:
    for change in (bytes, tiles_of(64)):
        assert isinstance(read(jpeg2000(change)), ImageStudy)


@pytest.mark.parametrize("size", [0, 1, 12, 14, 20, 1 << 31])
def test_tile_parts_of_any_length_are_counted_to_the_end(size: int) -> None:
    """A part that ends before its own data must not be walked again and again."""

    def change(codestream: bytes) -> bytes:
        at = codestream.index(b"\xff\x90") + 6
        remark = b"\xff\x64\x00\x06\x00\x01ab"
        return codestream[:at] + size.to_bytes(4, "big") + codestream[at + 4 : at + 6] + remark

    with pytest.raises(UnreadableFile):
        read(jpeg2000(change))
