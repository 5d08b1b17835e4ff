"""The ways in: today a watched folder for each unit."""

from farlead.exchange.intake.folder import FolderIntake, IntakeResult
from farlead.exchange.intake.request import RequestSidecar, read_request

__all__ = ["FolderIntake", "IntakeResult", "RequestSidecar", "read_request"]
