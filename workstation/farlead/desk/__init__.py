"""What a reader does: next, claim, read, draft, sign, return. The window calls only this."""

from farlead.desk.auditing import AuditDesk, TrailQuery
from farlead.desk.batch import BatchItem, BatchList, BatchOutcome
from farlead.desk.beside import EarlierEcg, EarlierEcgs
from farlead.desk.contents import Contents, Unreadable
from farlead.desk.desk import Desk
from farlead.desk.figures import FiguresDesk
from farlead.desk.glimpse import Glimpse
from farlead.desk.opened import OpenStudy
from farlead.desk.outage import StationDesk
from farlead.desk.tending import Tending

__all__ = [
    "AuditDesk",
    "BatchItem",
    "BatchList",
    "BatchOutcome",
    "Contents",
    "Desk",
    "EarlierEcg",
    "EarlierEcgs",
    "FiguresDesk",
    "Glimpse",
    "OpenStudy",
    "StationDesk",
    "Tending",
    "TrailQuery",
    "Unreadable",
]
