"""The ways in: today a watched folder for each unit."""

from farlead.exchange.intake.folder import FolderIntake
from farlead.exchange.intake.request import RequestSidecar, read_request
from farlead.exchange.intake.tally import IntakeResult

__all__ = ["FolderIntake", "IntakeResult", "RequestSidecar", "read_request"]
