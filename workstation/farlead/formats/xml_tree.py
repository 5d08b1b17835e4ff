"""XML from outside as a plain tree, within bounds and without entities.

Entities and own document types are refused (one that is only named is never fetched), and
size, depth and number of elements are bounded before anything is built. Every node knows its
line, so that a refusal can name it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self
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
_DECLARATION = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']"""
)
_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")


@dataclass(slots=True)
class Node:
    """An element: local name, attributes by local name, text, children, line (from 1)."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: "list[Node]" = field(default_factory=list)

    def find(self, *path: str) -> Self | None:
        """First descendant along `path` of local names."""
        found: Self | None = self
        for tag in path:
            if found is None:
                return None
            found = next((child for child in found.children if child.tag == tag), None)  # type: ignore[assignment]
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
    return head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<"))


def parse(data: bytes, notes: Notes) -> Node:
    """Root element; UnreadableFile with the line of the trouble."""
    if len(data) > LARGEST:
        raise UnreadableFile(message("formats.too_large", found=len(data), limit=LARGEST))
    match = _DECLARATION.match(data[:512].removeprefix(b"\xef\xbb\xbf"))
    text = decoded(data, match[1].decode("ascii") if match else "utf-8", notes)
    return _Builder().build(_DECLARED.sub(_blank, text, count=1))


def _blank(match: re.Match[str]) -> str:
    """Line ends of a declaration, so that the lines after it keep their numbers."""
    return "\n" * match[0].count("\n")


class _Builder:
    def __init__(self) -> None:
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.buffer_size = 1 << 18
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._refuse_types
        self._parser.SkippedEntityHandler = self._refuse_types
        self._open: list[Node] = []
        self._pieces: list[list[str]] = []
        self._root: Node | None = None
        self._count = 0

    def build(self, text: str) -> Node:
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            cause = expat.ErrorString(error.code)
            reason = message("formats.xml.broken", line=error.lineno, cause=cause)
            raise UnreadableFile(reason, tag=str(error.lineno)) from error
        if self._root is None:
            raise UnreadableFile(message("formats.xml.broken", line=1, cause="no element"))
        return self._root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        line = self._parser.CurrentLineNumber
        crowded = self._count > _MOST_NODES or len(attributes) > _MOST_ATTRIBUTES
        if crowded or len(self._open) >= _DEEPEST:
            raise UnreadableFile(message("formats.xml.bounds", line=line), tag=str(line))
        node = Node(_local(tag), {_local(k): v for k, v in attributes.items()}, line)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)
        self._pieces.append([])

    def _end(self, _: str) -> None:
        self._open.pop().text = "".join(self._pieces.pop())

    def _text(self, text: str) -> None:
        if self._pieces:
            self._pieces[-1].append(text)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, own: bool) -> None:
        if own:
            self._refuse_types()

    def _refuse_types(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise UnreadableFile(message("formats.xml.types", line=line), tag=str(line))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
