"""Ways by which signed reports and retake requests reach the unit."""

from farlead.exchange.delivery.folder import DeliveryResult, FolderDelivery
from farlead.exchange.delivery.retakes import RetakeNotices

__all__ = ["DeliveryResult", "FolderDelivery", "RetakeNotices"]
