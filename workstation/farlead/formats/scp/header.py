"""Section 1: whose recording it is, from which device, when.

References
----------
EN 1064 clause 5.4 (section 1, tags 0–35, 255), annex A (language support code).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from farlead.formats.assembly import Notes
from farlead.formats.characters import decoded
from farlead.formats.scp.record import Fields, Record, Section
from farlead.messages import Message, message
from farlead.model.people import PLACEHOLDERS, Patient, Sex
from farlead.model.recording import Annotation, Device, RequestHints

_DEVICE, _END = 14, 255
_TEXTS_BEGIN, _STRINGS = 36, 5
_OLDEST = 1900
_NO_ZONE, _WIDEST_ZONE = 0x7FFF, 14 * 60
_EMERGENCY = 10  # top of the scale of tag 24
_AGE_UNITS = {1: 1.0, 2: 1 / 12, 3: 7 / 365.25, 4: 1 / 365.25, 5: 1 / 8766}
_LENGTHS = {1: "cm", 2: "in", 3: "mm"}
_MASSES = {1: "kg", 2: "g", 3: "lb", 4: "oz"}
_FILTER_60, _FILTER_50 = 1, 2
_OTHER_FILTERS = {4: "device filter: artifact", 8: "device filter: baseline"}
_CUSTOM = 255
#: Manufacturers by code; others state their name.
_MANUFACTURERS = (
    "",
    "Burdick",
    "Cambridge",
    "Compumed",
    "Datamed",
    "Fukuda",
    "Hewlett-Packard",
    "Marquette Electronics",
    "Mortara Instruments",
    "Nihon Kohden",
    "Okin",
    "Quinton",
    "Siemens",
    "Spacelabs",
    "Telemed",
    "Hellige",
    "ESA-OTE",
    "Schiller",
    "Picker-Schwarzer",
    "Elettronica-Trentina",
    "Zwönitz",
)
#: Encodings by language support code, lowest bit first.
_LANGUAGES = {
    0x03: "iso8859-2",
    0x0B: "iso8859-4",
    0x13: "iso8859-5",
    0x1B: "iso8859-6",
    0x23: "iso8859-7",
    0x2B: "iso8859-8",
    0x33: "iso8859-11",
    0x3B: "iso8859-15",
    0x07: "utf-16-le",
    0x0F: "shift_jis",
    0x17: "euc_jp",
    0x1F: "euc_jp",
    0x27: "gb2312",
    0x2F: "cp949",
    0x37: "utf-8",
}
_LATIN_1, _LATIN_MASK = 0x01, 0x03
#: ISO 2022 escapes that put a set into the upper half, where its bytes stay as they are.
_UPPER_SETS = {b"\x1b$)A": "gb18030", b"\x1b$)C": "cp949"}


class Texts:
    """Text of this device: by its language support code, and by what the bytes are.

    Parameters
    ----------
    code : int
        Some devices write its bits in the other order; the two never mean different things.
    notes : Notes
    """

    def __init__(self, code: int, notes: Notes) -> None:
        turned = int(f"{code:08b}"[::-1], 2)
        named = _LANGUAGES.get(code) or _LANGUAGES.get(turned)
        self._encoding = named or ("latin-1" if code & _LATIN_MASK == _LATIN_1 else None)
        self._notes = notes

    def note(self, note: Message) -> None:
        """Keep a note on what the header says."""
        self._notes.add(note)

    def of(self, value: bytes, what: str) -> str | None:
        """`value` up to its NUL as text; None when empty. `what` names it in a note."""
        if self._encoding == "utf-16-le":
            wide = _wide(value)
            if wide is not None:
                return wide
        value = value.partition(b"\0")[0]
        for escape, encoding in _UPPER_SETS.items():
            if escape in value:
                return _clean(decoded(value.replace(escape, b""), encoding, self._notes, what=what))
        if b"\x1b" in value:
            try:
                return _clean(value.decode("iso2022_jp_2"))
            except UnicodeDecodeError:
                pass
        return _clean(decoded(value, self._encoding, self._notes, what=what))


def _wide(value: bytes) -> str | None:
    """Two bytes a character, up to a character 0; None when it is not that."""
    encoding = "utf-16" if value[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le"
    try:
        return _clean(value[: len(value) // 2 * 2].decode(encoding).partition("\0")[0])
    except UnicodeDecodeError:
        return None


def _clean(text: str) -> str | None:
    return " ".join(text.replace("\0", " ").split()) or None


@dataclass(slots=True)
class Header:
    """What section 1 says; `version` is the device's, times ten, 0 when not stated."""

    texts: Texts
    version: int = 0
    patient: Patient = field(default_factory=Patient)
    device: Device = field(default_factory=Device)
    start: datetime | None = None
    hints: RequestHints = field(default_factory=RequestHints)
    annotations: list[Annotation] = field(default_factory=list)


def parse(record: Record, notes: Notes) -> Header:
    """Header of a record; of an absent section 1, an empty one."""
    section = record.sections.get(1)
    if section is None:
        notes.add(message("formats.scp.note.no_header"))
        return Header(Texts(0, notes))
    tags = _tags(section)
    acquired_by = tags.get(_DEVICE, [b""])[0]
    version, language = (acquired_by[14], acquired_by[16]) if len(acquired_by) > 16 else (0, 0)
    values = _Values(tags, Texts(language, notes))
    return Header(
        texts=values.texts,
        version=version,
        patient=_patient(values),
        device=_device(values, acquired_by),
        start=_start(values),
        hints=_hints(values),
        annotations=_annotations(values),
    )


def _tags(section: Section) -> dict[int, list[bytes]]:
    fields = Fields(section)
    tags: dict[int, list[bytes]] = {}
    while fields.left:
        tag = fields.byte()
        if tag == _END:
            break
        tags.setdefault(tag, []).append(fields.take(fields.word()))
    return tags


class _Values:
    """Values of tags in their types; what is too short for its type is not there."""

    def __init__(self, tags: dict[int, list[bytes]], texts: Texts) -> None:
        self._tags = tags
        self.texts = texts

    def raw(self, tag: int, size: int = 0) -> bytes | None:
        value = self._tags.get(tag, [b""])[0]
        return value if value and len(value) >= size else None

    def text(self, tag: int) -> str | None:
        value = self.raw(tag)
        return self.texts.of(value, f"tag {tag}") if value else None

    def all_texts(self, tag: int) -> list[str]:
        found = (self.texts.of(value, f"tag {tag}") for value in self._tags.get(tag, []) if value)
        return [text for text in found if text]

    def byte(self, tag: int) -> int:
        value = self.raw(tag)
        return value[0] if value else 0

    def word(self, tag: int) -> int:
        value = self.raw(tag, 2)
        return int.from_bytes(value[:2], "little") if value else 0

    def with_unit(self, tag: int) -> tuple[int, int]:
        """A number and the code of its unit; zeros when not stated."""
        value = self.raw(tag, 3)
        return (int.from_bytes(value[:2], "little"), value[2]) if value else (0, 0)

    def date(self, tag: int) -> date | None:
        value = self.raw(tag, 4)
        try:
            found = date(int.from_bytes(value[:2], "little"), *value[2:4]) if value else None
        except ValueError:
            return None
        return found if found and found.year >= _OLDEST else None


def _patient(values: _Values) -> Patient:
    age, unit = values.with_unit(4)
    return Patient(
        name=_name([values.text(tag) for tag in (0, 3, 1)]),
        local_number=values.text(2),
        sex={1: Sex.MALE, 2: Sex.FEMALE}.get(values.byte(8), Sex.UNKNOWN),
        birth_date=values.date(5),
        age_years=age * _AGE_UNITS[unit] if age and unit in _AGE_UNITS else None,  # 0: not known
    )


def _name(parts: list[str | None]) -> str | None:
    """Family name first; names in characters without a space between."""
    stated = [part for part in parts if part]
    close = any("\u3400" <= letter <= "\u9fff" for part in stated for letter in part)
    return ("" if close else " ").join(stated) or None


def _device(values: _Values, value: bytes) -> Device:
    strings = _strings(value, values.texts)
    code = value[7] if len(value) > 7 else 0
    named = _MANUFACTURERS[code] if code < len(_MANUFACTURERS) else ""
    bits = values.byte(29)
    notch = {_FILTER_60: 60.0, _FILTER_50: 50.0}.get(bits & (_FILTER_60 | _FILTER_50))
    return Device(
        manufacturer=strings[4] or named or None,
        model=_stated(values.texts.of(value[8:14], "tag 14")),
        serial=strings[1],
        high_pass=values.word(27) / 100 or None,
        low_pass=float(values.word(28)) or None,
        notch=notch,
    )


def _strings(value: bytes, texts: Texts) -> list[str | None]:
    """Program, serial number, system software, SCP software, manufacturer's name."""
    rest = value[_TEXTS_BEGIN:]
    pieces = rest.split(b"\0")
    first_left_out = len(value) >= _TEXTS_BEGIN and not value[_TEXTS_BEGIN - 1]
    if first_left_out and rest.count(b"\0") < _STRINGS:
        pieces.insert(0, b"")
    pieces += [b""] * _STRINGS
    return [_stated(texts.of(piece, "tag 14")) for piece in pieces[:_STRINGS]]


def _stated(text: str | None) -> str | None:
    return text if text and text.upper() not in PLACEHOLDERS else None


def _start(values: _Values) -> datetime | None:
    day, value = values.date(25), values.raw(26, 3)
    if day is None or value is None:
        return None
    try:
        return datetime.combine(day, time(*value[:3]), _zone(values))
    except ValueError:
        return None


def _zone(values: _Values) -> timezone | None:
    """Minutes east of UTC; None when not stated.

    Nothing but zero bytes is a field that nobody filled in, and no proof of UTC: a clock of the
    unit would be moved by hours.
    """
    value = values.raw(34, 2)
    if value is None:
        return None
    if not any(value):
        values.texts.note(message("formats.scp.note.zone"))
        return None
    minutes = int.from_bytes(value[:2], "little", signed=True)
    if minutes == _NO_ZONE or abs(minutes) > _WIDEST_ZONE:
        return None
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


def _priority(value: bytes | None) -> str | None:
    """The level of emergency, 0 to 10, in DICOM's words; only the top of the scale is STAT.

    What a device means by 1 is not known: it is more than routine, and not yet an emergency.
    """
    if not value or value[0] > _EMERGENCY:
        return None
    return "ROUTINE" if value[0] == 0 else "STAT" if value[0] == _EMERGENCY else "HIGH"


def _hints(values: _Values) -> RequestHints:
    return RequestHints(
        clinical_question="; ".join(values.all_texts(13)) or None,
        requesting_doctor=values.text(20),
        department=values.text(18),
        institution=values.text(16),
        priority=_priority(values.raw(24)),
    )


def _annotations(values: _Values) -> list[Annotation]:
    """What the model has no field of its own for."""
    found = [Annotation(text) for text in values.all_texts(30)]
    measured: tuple[tuple[str, tuple[int, int], Callable[[int], str | None]], ...] = (
        ("height", values.with_unit(6), _LENGTHS.get),
        ("weight", values.with_unit(7), _MASSES.get),
        ("systolic blood pressure", (values.word(11), 0), lambda _: "mmHg"),
        ("diastolic blood pressure", (values.word(12), 0), lambda _: "mmHg"),
    )
    for name, (value, code), unit_of in measured:
        unit = unit_of(code)
        if value and unit:
            found.append(Annotation(name, value=float(value), unit=unit))
    bits = values.byte(29)
    if bits & _FILTER_60 and bits & _FILTER_50:
        found.append(Annotation("device filter: 50 Hz and 60 Hz notch"))
    found += [Annotation(name) for bit, name in _OTHER_FILTERS.items() if bits & bit]
    return found
