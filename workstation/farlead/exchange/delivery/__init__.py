"""Ways by which signed reports, and word about studies, reach the unit."""

from farlead.exchange.delivery.dispatch import DeliveryResult, Dispatch
from farlead.exchange.delivery.routes import Routes
from farlead.exchange.delivery.telling import Telling

__all__ = ["DeliveryResult", "Dispatch", "Routes", "Telling"]
