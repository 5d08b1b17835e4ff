"""XML from outside as a plain tree, within bounds and without entities.

Entities and own document types are refused (one that is only named is never fetched), and
size, depth and number of elements are bounded before anything is built. Every node knows its
line, so that a refusal can name it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self, cast
from xml.parsers import expat

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.characters import decoded
from farlead.messages import message

#: Half an hour of twelve leads at 500 Hz as text.
LARGEST = 48 << 20
_DEEPEST = 64
_MOST_NODES = 300_000
_MOST_ATTRIBUTES = 200
_HEAD = 4096
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,300}\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")
#: What may stand before the root element: comments, instructions, a named document type.
_BEFORE_ROOT = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>|<![A-Za-z][^>\[]*>", re.DOTALL)
_ROOT = re.compile(r"<(?:[^\s<>/:!?]+:)?([^\s<>/:!?]+)")
#: Encodings of two bytes a letter, by how their first letter, ``<``, looks.
_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WIDE_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


@dataclass(slots=True)
class Node:
    """An element: local name, attributes by local name, line (from 1), text, children.

    `text` is all character data of the element itself; white space between its children is
    left out.
    """

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: "list[Node]" = field(default_factory=list)

    def find(self, *path: str) -> Self | None:
        """First descendant along `path` of local names."""
        found = self
        for tag in path:
            for child in found.children:
                if child.tag == tag:
                    found = cast(Self, child)
                    break
            else:
                return None
        return found

    def all(self, tag: str) -> "list[Node]":
        """Children of this name."""
        return [child for child in self.children if child.tag == tag]

    def walk(self, tag: str) -> "Iterator[Node]":
        """Descendants of this name, in the order of the document."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.walk(tag)

    def content(self, *path: str) -> str | None:
        """Text along `path`, stripped; None when absent or empty."""
        node = self.find(*path)
        return (node.text.strip() or None) if node else None

    @property
    def place(self) -> str:
        """Name and line, for a refusal."""
        return f"<{self.tag}>, {self.line}"


def looks_like_xml(data: bytes) -> bool:
    """Whether the first bytes are markup, in an 8-bit or 16-bit encoding."""
    head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<", b"\0<"))


def root_name(data: bytes) -> str | None:
    """Local name of the root element, where it begins in the first 4 kB; None without one."""
    if not looks_like_xml(data):
        return None
    head = data[:_HEAD]
    text = head.decode(_wide(head) or "utf-8", "ignore").removeprefix("\ufeff")
    position = 0
    while match := _BEFORE_ROOT.match(text, position):
        position = match.end()
    root = _ROOT.match(text, position)
    return root[1] if root else None


def parse(data: bytes, notes: Notes) -> Node:
    """Root element; UnreadableFile with the line of the trouble."""
    if len(data) > LARGEST:
        raise UnreadableFile(message("formats.too_large", found=len(data), limit=LARGEST))
    return _Builder().build(_as_utf8(data, notes))


def _as_utf8(data: bytes, notes: Notes) -> bytes:
    """The document in UTF-8, with nothing before its declaration."""
    wide = _wide(data)
    if not data.isascii():
        data = decoded(data, wide or _declared(data), notes).encode("utf-8", "replace")
    elif wide:  # two bytes a letter look like ASCII with zeros
        data = decoded_wide(data, wide)
    return _DECLARED.sub(_blank, data, count=1) if data[:1].isspace() else data


def decoded_wide(data: bytes, encoding: str) -> bytes:
    """UTF-8 of letters of two bytes without a mark."""
    return data.decode(encoding, "replace").encode("utf-8", "replace")


def _wide(data: bytes) -> str | None:
    """Encoding of two bytes a letter; None for one of single bytes."""
    return next((name for mark, name in (*_WIDE, *_WIDE_UNMARKED) if data.startswith(mark)), None)


def _declared(data: bytes) -> str:
    """Encoding that the declaration names; one that it contradicts by being legible is none."""
    declaration = _DECLARED.match(data[:512].removeprefix(b"\xef\xbb\xbf"))
    match = _ENCODING.search(declaration[0]) if declaration else None
    name = match[1].decode("ascii") if match else "utf-8"
    wide = name.lower().startswith(("utf-16", "utf16", "utf-32", "ucs", "iso-10646"))
    return "utf-8" if wide else name


def _blank(match: re.Match[bytes]) -> bytes:
    """Line ends of a declaration, so that the lines after it keep their numbers."""
    return b"\n" * match[0].count(b"\n")


class _Builder:
    """Builds the tree while expat reads.

    The handlers are closures over local names: they run once for each of thousands of tags.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.buffer_size = 1 << 18
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._refuse_types
        self._parser.SkippedEntityHandler = self._refuse_types
        self._top = Node("", {}, 0)

    def build(self, data: bytes) -> Node:
        text = _Text()
        open_nodes = [self._top]
        self._parser.CharacterDataHandler = text.pieces.append
        self._parser.StartElementHandler = self._starter(text, open_nodes)
        self._parser.EndElementHandler = self._ender(text, open_nodes)
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            cause = expat.ErrorString(error.code)
            reason = message("formats.xml.broken", line=error.lineno, cause=cause)
            raise UnreadableFile(reason, tag=str(error.lineno)) from error
        finally:
            self._parser.StartElementHandler = None  # the closures hold the parser
            self._parser.EndElementHandler = None
        return self._top.children[0]

    def _starter(
        self, text: "_Text", open_nodes: list[Node]
    ) -> Callable[[str, dict[str, str]], None]:
        parser, names, pieces = self._parser, _Names(), text.pieces
        count = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal count
            count += 1
            line = parser.CurrentLineNumber
            crowded = count > _MOST_NODES or len(attributes) > _MOST_ATTRIBUTES
            if crowded or len(open_nodes) > _DEEPEST:
                raise UnreadableFile(message("formats.xml.bounds", line=line), tag=str(line))
            above = open_nodes[-1]
            if pieces:
                text.move_to(above)
            if attributes:
                attributes = {names[name]: value for name, value in attributes.items()}
            node = Node(names[tag], attributes, line)
            above.children.append(node)
            open_nodes.append(node)

        return start

    @staticmethod
    def _ender(text: "_Text", open_nodes: list[Node]) -> Callable[[str], None]:
        pieces, mixed = text.pieces, text.mixed

        def end(_: str) -> None:
            node = open_nodes.pop()
            if pieces:
                text.move_to(node)
            if mixed:
                text.join(node)

        return end

    def _doctype(self, _name: str, _system: str | None, _public: str | None, own: bool) -> None:
        if own:
            self._refuse_types()

    def _refuse_types(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise UnreadableFile(message("formats.xml.types", line=line), tag=str(line))


class _Text:
    """Character data on its way to its element."""

    def __init__(self) -> None:
        self.pieces: list[str] = []  # since the last tag
        self.mixed: dict[int, list[str]] = {}  # of open elements with text between children

    def move_to(self, node: Node) -> None:
        """Give `node` the text since the last tag, unless it only parts two children."""
        pieces = self.pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        if text.isspace():
            return
        if node.text:
            self.mixed.setdefault(id(node), [node.text]).append(text)
        else:
            node.text = text

    def join(self, node: Node) -> None:
        """Whole text of an element that ends."""
        parts = self.mixed.pop(id(node), None)
        if parts:
            node.text = "".join(parts)


class _Names(dict[str, str]):
    """Local name of each qualified one, worked out once."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local
