"""What the device measured and said: Philips measurements with units, statements."""

from collections.abc import Iterator, Mapping

from farlead.formats.xml_fields import number, stated
from farlead.formats.xml_tree import Node
from farlead.model.recording import Annotation

#: Element -> name, unit; several elements of one name: the first that is there counts.
_GLOBAL: Mapping[str, tuple[str, str]] = {
    "heartrate": ("Ventricular rate", "bpm"),
    "meanventrate": ("Ventricular rate", "bpm"),
    "lowventrate": ("Lowest ventricular rate", "bpm"),
    "highventrate": ("Highest ventricular rate", "bpm"),
    "atrialrate": ("Atrial rate", "bpm"),
    "rrint": ("RR interval", "ms"),
    "pdur": ("P duration", "ms"),
    "print": ("PR interval", "ms"),
    "meanprint": ("PR interval", "ms"),
    "meanprseg": ("PR segment", "ms"),
    "qrsdur": ("QRS duration", "ms"),
    "meanqrsdur": ("QRS duration", "ms"),
    "qtint": ("QT interval", "ms"),
    "meanqtint": ("QT interval", "ms"),
    "qtintdispersion": ("QT dispersion", "ms"),
    "meanqtc": ("QTc (formula not stated)", "ms"),
    "qtcb": ("QTc (Bazett)", "ms"),
    "qtcf": ("QTc (Fridericia)", "ms"),
    "pfrontaxis": ("P axis", "deg"),
    "qrsfrontaxis": ("QRS axis", "deg"),
    "tfrontaxis": ("T axis", "deg"),
    "stfrontaxis": ("ST axis", "deg"),
    "i40frontaxis": ("Initial 40 ms QRS axis", "deg"),
    "t40frontaxis": ("Terminal 40 ms QRS axis", "deg"),
    "phorizaxis": ("P axis, horizontal", "deg"),
    "qrshorizaxis": ("QRS axis, horizontal", "deg"),
    "thorizaxis": ("T axis, horizontal", "deg"),
    "sthorizaxis": ("ST axis, horizontal", "deg"),
    "i40horizaxis": ("Initial 40 ms QRS axis, horizontal", "deg"),
    "t40horizaxis": ("Terminal 40 ms QRS axis, horizontal", "deg"),
}
_LEAD: Mapping[str, tuple[str, str]] = {
    "pamp": ("P amplitude", "µV"),
    "pdur": ("P duration", "ms"),
    "ppamp": ("P' amplitude", "µV"),
    "qamp": ("Q amplitude", "µV"),
    "qdur": ("Q duration", "ms"),
    "ramp": ("R amplitude", "µV"),
    "rdur": ("R duration", "ms"),
    "samp": ("S amplitude", "µV"),
    "sdur": ("S duration", "ms"),
    "rpamp": ("R' amplitude", "µV"),
    "rpdur": ("R' duration", "ms"),
    "spamp": ("S' amplitude", "µV"),
    "spdur": ("S' duration", "ms"),
    "vat": ("Ventricular activation time", "ms"),
    "qrsppk": ("QRS peak to peak", "µV"),
    "qrsdur": ("QRS duration", "ms"),
    "ston": ("ST at onset", "µV"),
    "stmid": ("ST in the middle", "µV"),
    "st80": ("ST 80 ms after onset", "µV"),
    "stend": ("ST at end", "µV"),
    "stdur": ("ST duration", "ms"),
    "tamp": ("T amplitude", "µV"),
    "tdur": ("T duration", "ms"),
    "tpamp": ("T' amplitude", "µV"),
    "print": ("PR interval", "ms"),
    "prseg": ("PR segment", "ms"),
    "qtint": ("QT interval", "ms"),
}
_MOST_LEADS = 64


def annotations(root: Node) -> Iterator[Annotation]:
    """Measurements of the whole recording, statements, measurements of the leads."""
    found = root.find("interpretations")
    interpretations = found.all("interpretation") if found else []
    yield from _measurements(root, interpretations)
    for interpretation in interpretations:
        yield from _statements(interpretation)
    for lead in _leads(root):
        label = stated(lead.attributes.get("leadname", "").strip())
        if label:
            yield from _values(lead, _LEAD, f"{label}: ")


def _leads(root: Node) -> list[Node]:
    for place in ("measurements", "internalmeasurements"):
        leads = root.find(place, "leadmeasurements")
        if leads is not None:
            return leads.all("leadmeasurement")[:_MOST_LEADS]
    return []


def _measurements(root: Node, interpretations: list[Node]) -> Iterator[Annotation]:
    """Those of the interpretations, which a doctor may have mended, then what only others have."""
    places = [
        *(i.find("globalmeasurements") for i in interpretations),
        *(i.find("interpretationmeasurements") for i in interpretations),
        root.find("measurements", "globalmeasurements"),
        root.find("internalmeasurements", "crossleadmeasurements"),
    ]
    said: set[str] = set()
    for place in places:
        for found in _values(place, _GLOBAL, "") if place else ():
            if found.text not in said:
                said.add(found.text)
                yield found


def _values(
    place: Node, quantities: Mapping[str, tuple[str, str]], prefix: str
) -> Iterator[Annotation]:
    for child in place.children:
        value = number(child.text.strip())
        if value is None:  # Failed, Indeterminate, or empty
            continue
        if child.tag in quantities:
            name, unit = quantities[child.tag]
            yield Annotation(prefix + name, value=value, unit=unit)
        elif child.tag == "qtco" and (method := stated(child.attributes.get("methodname"))):
            yield Annotation(f"{prefix}QTc ({method})", value=value, unit="ms")


def _statements(interpretation: Node) -> Iterator[Annotation]:
    for text in (interpretation.content("severity"), *map(_statement, interpretation.children)):
        if text and stated(text):
            yield Annotation(text)
    signature = interpretation.content("mdsignatureline")
    if signature and stated(signature):
        yield Annotation(signature)


def _statement(node: Node) -> str | None:
    """A statement with its reason; one that a person changed says so."""
    left = node.content("leftstatement")
    if node.tag != "statement" or not left:
        return None
    right = node.content("rightstatement")
    edited = node.attributes.get("editedflag", "").strip().upper() == "TRUE"
    return f"{'Edited: ' if edited else ''}{left}{f' ({right})' if right else ''}"
