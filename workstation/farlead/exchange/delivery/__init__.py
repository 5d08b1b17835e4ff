"""Ways by which a signed report reaches the unit."""

from farlead.exchange.delivery.folder import DeliveryResult, FolderDelivery

__all__ = ["DeliveryResult", "FolderDelivery"]
