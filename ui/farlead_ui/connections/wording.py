"""What the connections room says."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from farlead.model.connection import Standing, Way
from farlead_ui import words
from farlead_ui.tending import Line

translate = QCoreApplication.translate

#: Shapes of the standings; colour alone never carries them.
MARKS = {
    Standing.DOWN: "▲",
    Standing.PARKED: "◆",
    Standing.WAITING: "●",
    Standing.UNKNOWN: "–",
    Standing.GOOD: "✓",
}


def way(value: Way) -> str:
    """Kind of system, and which way things go."""
    names = {
        Way.INBOX: translate("Connections", "inbox folder"),
        Way.ARCHIVE: translate("Connections", "archive, in"),
        Way.LISTENER: translate("Connections", "C-STORE, in"),
        Way.ORDERS: translate("Connections", "HL7 orders, in"),
        Way.WORKLIST: translate("Connections", "worklist, in"),
        Way.REQUESTS: translate("Connections", "FHIR requests, in"),
        Way.FOLDER: translate("Connections", "delivery folder"),
        Way.STOW: translate("Connections", "archive, out"),
        Way.STORE: translate("Connections", "C-STORE, out"),
        Way.HL7: translate("Connections", "HL7, out"),
        Way.FHIR: translate("Connections", "FHIR, out"),
        Way.REMOVED: translate("Connections", "no longer configured"),
    }
    return names[value]


def standing(line: Line) -> str:
    """How it stands, in a word."""
    if line.asked:
        return translate("Connections", "being asked …")
    names = {
        Standing.DOWN: translate("Connections", "in trouble"),
        Standing.PARKED: translate("Connections", "parked"),
        Standing.WAITING: translate("Connections", "under way"),
        Standing.UNKNOWN: translate("Connections", "not used yet"),
        Standing.GOOD: translate("Connections", "good"),
    }
    return names[line.standing]


def since(at: datetime | None, now: datetime) -> str:
    """How long ago it last went well; within the minute it is a matter of course."""
    if at is None:
        return translate("Connections", "never")
    seconds = max(int((now - at).total_seconds()), 0)
    if seconds < 60:
        return translate("Connections", "just now")
    return words.ago(at, now)


def trial(value: Way) -> str:
    """How it is asked; nothing of a patient is sent."""
    names = {
        Way.INBOX: translate("Connections", "reads the folder"),
        Way.ARCHIVE: translate("Connections", "QIDO-RS search"),
        Way.LISTENER: translate("Connections", "opens a connection"),
        Way.ORDERS: translate("Connections", "opens a connection"),
        Way.WORKLIST: translate("Connections", "DICOM association"),
        Way.REQUESTS: translate("Connections", "capability statement"),
        Way.FOLDER: translate("Connections", "writes a file and removes it"),
        Way.STOW: translate("Connections", "QIDO-RS search"),
        Way.STORE: translate("Connections", "C-ECHO"),
        Way.HL7: translate("Connections", "MLLP connection"),
        Way.FHIR: translate("Connections", "capability statement"),
        Way.REMOVED: translate("Connections", "looks it up in the settings"),
    }
    return names[value]
