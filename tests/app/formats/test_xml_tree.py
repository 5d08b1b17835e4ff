"""XML from outside: the tree that is written, its lines, and its bounds."""

import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead.errors import UnreadableFile
from farlead.formats import xml_tree
from farlead.formats.assembly import Notes
from farlead.formats.xml_tree import Node, looks_like_xml, parse, root_name
from farlead.messages import Language


def tree(data: bytes | str) -> Node:
    return parse(data.encode() if isinstance(data, str) else data, Notes())


def refusal(data: bytes | str) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        tree(data)
    for language in Language:
        assert caught.value.text(language)
    return caught.value


# --- what is written is what is there ------------------------------------------------------

_NAMES = st.sampled_from(["a", "b", "digits", "value-1", "x.y", "心"])
_TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "S"]), max_size=20)


def _elements(depth: int) -> st.SearchStrategy[Node]:
    children = st.lists(_elements(depth - 1), max_size=3) if depth else st.just([])
    return st.builds(
        Node,
        tag=_NAMES,
        attributes=st.dictionaries(_NAMES, _TEXT, max_size=3),
        line=st.just(0),
        text=_TEXT,
        children=children,
    )


def _escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace(">", "&gt;")
    )


def _written(node: Node, prefix: str) -> str:
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in node.attributes.items())
    inner = _escaped(node.text) + "".join(_written(child, prefix) for child in node.children)
    return f"<{prefix}{node.tag}{attributes}>{inner}</{prefix}{node.tag}>"


def _same(one: Node, other: Node) -> None:
    assert (one.tag, one.attributes) == (other.tag, other.attributes)
    assert one.text.strip() == other.text.strip()
    assert len(one.children) == len(other.children)
    for first, second in zip(one.children, other.children, strict=True):
        _same(first, second)


@settings(max_examples=100, deadline=None)
@given(
    root=_elements(3),
    prefix=st.sampled_from(["", "ns:"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_a_written_tree_is_read_back(root: Node, prefix: str, encoding: str) -> None:
    text = f"<?xml version='1.0'?>\n<!-- c -->{_written(root, prefix)}\n"
    _same(tree(text.encode(encoding)), root)
    assert root_name(text.encode(encoding)) == root.tag


def test_text_between_children_is_whole_and_white_space_is_left_out() -> None:
    root = tree("<a>one<b/> two <![CDATA[<3>]]><c>  </c>\n  </a>")
    assert root.text == "one two <3>"
    assert [child.text for child in root.children] == ["", ""]
    assert tree("<a>" + "x<b/>" * 5000 + "</a>").text == "x" * 5000


def test_long_text_is_not_cut_at_the_parsers_buffer() -> None:
    words = " ".join(map(str, range(200_000)))
    assert tree(f"<a>{words}</a>").text == words


def test_ways_to_find_nodes() -> None:
    root = tree("<a><b><c>1</c></b><b><c> 2 </c><c/></b></a>")
    assert root.content("b", "c") == "1"
    assert root.find("b", "x") is None
    assert root.find() is root
    assert root.content("x") is None
    assert [len(b.all("c")) for b in root.all("b")] == [1, 2]
    assert [c.content() for c in root.walk("c")] == ["1", "2", None]


def test_every_node_knows_its_line() -> None:
    for begin in ("", '<?xml version="1.0"\n encoding="utf-8"?>', "\n\n<?xml version='1.0'?>"):
        root = tree(f"{begin}\n<a>\n<b\n x='1'/>\n\n<c/></a>")
        first = begin.count("\n") + 2
        assert [node.line for node in (root, *root.children)] == [first, first + 1, first + 4]
        assert root.children[0].place == f"<b>, {first + 1}"


@pytest.mark.parametrize("declared", ["utf-16", "UTF-32", "ISO-10646-UCS-2", "nonsense-9", "ascii"])
def test_a_declaration_that_cannot_be_true_is_not_believed(declared: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?><a>张三</a>'.encode()
    assert tree(data).text == "张三"


@pytest.mark.parametrize("declared", ["base64", "rot13", "utf-16", "gb18030"])
def test_zeros_under_any_declaration_are_broken_markup(declared: str) -> None:
    data = f'<?xml version="1.0" encoding="{declared}"?><a>\0</a>'.encode()
    with pytest.raises(UnreadableFile) as caught:
        tree(data)
    assert caught.value.reason.id == "formats.xml.broken"


# --- whether it is XML, and of which kind --------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<ECG/>", "ECG"),
        (b"\xef\xbb\xbf <ECG a='1'>", "ECG"),
        (b"<?xml version='1.0'?><?pi ?><!-- <no/> --><!DOCTYPE ECG><x:ECG>", "ECG"),
        ("\ufeff<ECG>".encode("utf-16-le"), "ECG"),
        ("<ECG>".encode("utf-16-be"), "ECG"),
        (b"<com.x.SchillerEDI>", "com.x.SchillerEDI"),
        (b"<!-- " + b"x" * 5000 + b" --><ECG/>", None),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><ECG/>", None),
        (b"no markup <ECG/>", None),
        (b"<", None),
        (b"", None),
        (b"\0" * 100, None),
    ],
)
def test_the_name_of_the_root(data: bytes, name: str | None) -> None:
    assert root_name(data) == name


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_root_name_or_none(data: bytes) -> None:
    assert root_name(data) is None or looks_like_xml(data)


PIECES = (
    *("<a>", "</a>", "<b x='1'>", "<b/>", "&lt;", "&#x41;", "&x;", "<!--", "-->", "<![CDATA["),
    *("]]>", "<?p?>", "<!DOCTYPE a>", "text", "\n", "\x00", "\ud7ff", "\xff"),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_markup_is_a_tree_or_a_refusal(pieces: list[str]) -> None:
    with suppress(UnreadableFile):
        assert tree("".join(pieces)).tag in {"a", "b"}


# --- bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]>',
        "<!DOCTYPE a [<!ELEMENT a ANY>]>",
        "<!DOCTYPE a [\n]>",
    ],
)
def test_own_document_types_are_refused(head: str) -> None:
    assert "entities" in refusal(f"{head}<a>&x;</a>").text(Language.EN)


def test_a_named_document_type_is_never_fetched() -> None:
    root = tree('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a>1</a>')
    assert root.text == "1"
    refusal('<!DOCTYPE a SYSTEM "x.dtd"><a>&unknown;</a>')


def test_laughs_cost_nothing() -> None:
    lines = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
    refusal(f'<!DOCTYPE a [<!ENTITY l0 "lol">{lines}]><a>&l9;</a>')


def test_depth_attributes_and_size_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tree("<a>" * 64 + "</a>" * 64).tag == "a"
    assert refusal("<a>" * 65 + "</a>" * 65).tag == "1"
    attributes = " ".join(f"x{i}=''" for i in range(201))
    refusal(f"<a {attributes}/>")
    refusal("<a>\n" + "<b/>" * 300_000 + "</a>")
    monkeypatch.setattr(xml_tree, "LARGEST", 10)
    refusal("<a>too large</a>")


def test_memory_stays_near_the_size_of_the_document() -> None:
    data = b"<a>" + b"12345 " * 1_000_000 + b"</a>"
    tracemalloc.start()
    tree(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(data)


@pytest.mark.parametrize(
    "data", ["<a>", "<a></b>", "<a/><b/>", "", "   ", "<a b=1/>", "<a>\x01</a>", "<a>&#0;</a>"]
)
def test_broken_markup_names_its_line(data: str) -> None:
    reason = refusal("\n\n" + data)
    assert reason.tag is not None
    assert int(reason.tag) >= 1
