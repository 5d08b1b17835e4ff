"""How often a PDF draws its drawings: forms that draw forms that draw forms multiply.

A page whose form draws another ten times, which draws another ten times, and so on, is a kilobyte
long and takes a renderer hours. No document needs it; PDFium neither counts nor stops. The forms,
what they draw and how often are therefore looked up before anything is rendered, in the file's
objects as they stand, whatever its cross-reference says.

Contents that are encrypted cannot be looked into: each form is then taken to draw its own once,
and the time limit of the confined process is what is left.

References
----------
ISO 32000-1, 7.3.8 (streams), 7.5.7 (object streams), 7.8.3 (resources), 8.10 (form XObjects).
"""

import base64
import binascii
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

#: Forms that a page may draw in all: PDFium takes about 15 µs for an empty one.
MOST_DRAWN = 50_000
#: What counts as endless: forms that contain themselves, or lie deeper than any are drawn.
ENDLESS = 1 << 62
_DEEPEST = 40
#: Of contents that cannot be read: how often each form in their resources counts.
_UNREADABLE_TIMES = 100
#: Bytes that all streams together may unpack to; what comes behind is not looked into.
_MOST_UNPACKED = 1 << 26
#: Places of an object's text at which one of its entries is looked for.
_MOST_PLACES = 8
_MOST_PARENTS = 10

_OBJECT = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+obj\b")
_BODY_END = re.compile(rb"\bstream\r?\n?|\bendobj\b")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_FORM = re.compile(rb"/Subtype\s*/Form\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_LIST = rb"\s*(?:<<(?P<inner>[^>]*)>>|\[(?P<items>[^\]]*)\]|(?P<one>\d{1,10})\s+\d+\s+R)"
_XOBJECTS, _CONTENTS = re.compile(rb"/XObject" + _LIST), re.compile(rb"/Contents" + _LIST)
_RESOURCES = re.compile(rb"/Resources\s+(\d{1,10})\s+\d+\s+R\b")
_PARENT = re.compile(rb"/Parent\s+(\d{1,10})\s+\d+\s+R\b")
_FIRST = re.compile(rb"/First\s+(\d{1,10})\b")
_FILTERS = re.compile(rb"/Filter\s*(?:\[([^\]]*)\]|(/\w+))")
_NAMED = re.compile(rb"/([^\s/<>\[\]()%]+)\s+(\d{1,10})\s+\d+\s+R\b")
_REFERENCE = re.compile(rb"(\d{1,10})\s+\d+\s+R\b")
_DRAWN = re.compile(rb"/([^\s/<>\[\]()%]+)\s+Do\b")
_NUMBER = re.compile(rb"\d{1,10}")


class _Object(NamedTuple):
    """Text of an object, without its stream, and where that begins; -1 without one."""

    text: bytes
    stream: int


def most_drawn(data: bytes) -> int:
    """Forms that the page which draws most draws, forms within forms counted each time."""
    document = _Document(data)
    forms = [n for n, one in document.objects.items() if _FORM.search(one.text)]
    if not forms:
        return 0
    pages = [n for n, one in document.objects.items() if _PAGE.search(one.text)]
    return max(document.drawn(number) for number in (*forms, *pages))


class _Document:
    """The objects of a file, and what is known of its forms so far."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._encrypted = b"/Encrypt" in data
        self._known: dict[int, int] = {}
        self._left = _MOST_UNPACKED
        self.objects = {n: _Object(text, at) for n, text, at in _plain_objects(data)}
        for one in [one for one in self.objects.values() if _PACKED.search(one.text)]:
            for number, text in self._unpacked(one):
                self.objects.setdefault(number, _Object(text, -1))

    def drawn(self, number: int, path: tuple[int, ...] = ()) -> int:
        """Forms that a page or a form draws, at any depth."""
        if number in path or len(path) > _DEEPEST:
            return ENDLESS
        if number not in self._known:
            total = 0
            for form, times in self._draws(number).items():
                total += times * (1 + self.drawn(form, (*path, number)))
            self._known[number] = min(total, ENDLESS)
        return self._known[number]

    def _draws(self, number: int) -> Counter[int]:
        """Forms that the contents of an object draw themselves, and how often."""
        one = self.objects[number]
        named = {n: r for n, r in self._resources(one).items() if self._is_form(r)}
        found: Counter[int] = Counter()
        if not named:
            return found
        for content in self._contents(one):
            if content is None:
                found.update(dict.fromkeys(named.values(), self._unreadable_times))
                continue
            for match in _DRAWN.finditer(content):
                form = named.get(_unescaped(match[1]))
                if form is not None:
                    found[form] += 1
        return found

    @property
    def _unreadable_times(self) -> int:
        return 1 if self._encrypted else _UNREADABLE_TIMES

    def _is_form(self, number: int) -> bool:
        one = self.objects.get(number)
        return one is not None and _FORM.search(one.text) is not None

    def _resources(self, one: _Object) -> dict[bytes, int]:
        """Names of XObjects that an object's contents may use: its own, else its parents'."""
        for _ in range(_MOST_PARENTS):
            if b"/Resources" in one.text:
                break
            above = _PARENT.search(one.text)
            parent = self.objects.get(int(above[1])) if above else None
            if parent is None:
                return {}
            one = parent
        referred = _RESOURCES.search(one.text)
        text = self._text(int(referred[1])) if referred else one.text
        listed = _entry(_XOBJECTS, b"/XObject", text)
        if listed is None:
            return {}
        inner = listed["inner"] or (self._text(int(listed["one"])) if listed["one"] else b"")
        return {name: int(reference) for name, reference in _NAMED.findall(inner)}

    def _text(self, number: int) -> bytes:
        one = self.objects.get(number)
        return one.text if one else b""

    def _contents(self, one: _Object) -> Iterator[bytes | None]:
        """Contents of a form or a page; None for what cannot be read."""
        if one.stream >= 0:
            yield self._decoded(one)
            return
        listed = _entry(_CONTENTS, b"/Contents", one.text)
        if listed is None:
            return
        inner = listed["items"] or b""
        if listed["one"]:
            aside = self._text(int(listed["one"]))
            inner = aside if aside.lstrip().startswith(b"[") else listed["one"] + b" 0 R"
        references = [int(number) for number in _REFERENCE.findall(inner)]
        for number in references:
            part = self.objects.get(number)
            if part is not None and part.stream >= 0:
                yield self._decoded(part)

    def _decoded(self, one: _Object) -> bytes | None:
        """A stream as it is read; None for one that is encrypted or packed otherwise."""
        if self._encrypted or self._left <= 0:
            return None
        end = self._data.find(b"endstream", one.stream)
        data = self._data[one.stream : end if end >= 0 else len(self._data)]
        filters = _FILTERS.search(one.text)
        names = re.findall(rb"/(\w+)", filters[1] or filters[2]) if filters else []
        for name in names:
            undone = _undone(name, data, self._left)
            if undone is None:
                return None
            data = undone
        self._left -= len(data)
        return data

    def _unpacked(self, one: _Object) -> Iterator[tuple[int, bytes]]:
        """Objects within an object stream."""
        data, first = self._decoded(one), _FIRST.search(one.text)
        if data is None or first is None:
            return
        begin = int(first[1])
        numbers = [int(word) for word in data[:begin].split() if _NUMBER.fullmatch(word)]
        places = [(numbers[i], begin + numbers[i + 1]) for i in range(0, len(numbers) - 1, 2)]
        ends = [place for _, place in places[1:]] + [len(data)]
        for (number, place), end in zip(places, ends, strict=True):
            yield number, _unescaped(data[place:end])


def _plain_objects(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Number, text and beginning of the stream of each object that stands in the file itself."""
    position = 0
    while match := _OBJECT.search(data, position):
        end = _BODY_END.search(data, match.end())
        stop = end.start() if end else len(data)
        streaming = end is not None and end[0].startswith(b"stream")
        position = end.end() if end else len(data)
        yield int(match[1]), _unescaped(data[match.end() : stop]), position if streaming else -1


def _unescaped(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), text) if b"#" in text else text


def _entry(pattern: re.Pattern[bytes], key: bytes, text: bytes) -> re.Match[bytes] | None:
    """An entry of a dictionary at one of the first places of its key."""
    at = -1
    for _ in range(_MOST_PLACES):
        at = text.find(key, at + 1)
        if at < 0:
            return None
        if found := pattern.match(text, at):
            return found
    return None


def _undone(name: bytes, data: bytes, most: int) -> bytes | None:
    """What a filter was applied to, of `most` bytes; None for a filter of another kind."""
    match name:
        case b"FlateDecode" | b"Fl":
            inflater = zlib.decompressobj()
            try:
                return inflater.decompress(data, most)
            except zlib.error:
                return None
        case b"ASCII85Decode" | b"A85":
            try:
                return base64.a85decode(data.partition(b"~>")[0].removeprefix(b"<~"))
            except ValueError:
                return None
        case b"ASCIIHexDecode" | b"AHx":
            digits = re.sub(rb"\s+", b"", data.partition(b">")[0])
            try:
                return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
            except binascii.Error:
                return None
    return None
