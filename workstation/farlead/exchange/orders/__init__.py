"""Orders in: HL7 v2 over MLLP, DICOM modality worklists, FHIR ServiceRequests.

Each way turns what it hears into the same :class:`farlead.model.order.Order`, checked like a
request that comes as a file; the store finds the study.
"""

from farlead.exchange.orders.listening import OrderListening
from farlead.exchange.orders.polling import OrderPoll
from farlead.exchange.orders.service_requests import ServiceRequests
from farlead.exchange.orders.worklist import Worklist

__all__ = ["OrderListening", "OrderPoll", "ServiceRequests", "Worklist"]
