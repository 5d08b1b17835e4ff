"""Ways by which signed reports and retake requests reach the unit."""

from farlead.exchange.delivery.dispatch import DeliveryResult, Dispatch
from farlead.exchange.delivery.notices import ReportNotices
from farlead.exchange.delivery.retakes import RetakeNotices
from farlead.exchange.delivery.routes import Routes

__all__ = ["DeliveryResult", "Dispatch", "ReportNotices", "RetakeNotices", "Routes"]
