"""Ways by which signed reports, and word about studies, reach the unit."""

from farlead.exchange.delivery.dispatch import DeliveryResult, Dispatch
from farlead.exchange.delivery.routes import Routes

__all__ = ["DeliveryResult", "Dispatch", "Routes"]
