"""What addons import for routes of their own below ``/api``; whatever else there is may change."""

from ..http.idempotency_key import idempotent
from ..http.responses import success_response
from .body import BodyReader
from .documents import RootField, Selected, select
from .query import check_parameters
from .record_writes import RecordWrites, find_writes
from .writes import mutate

__all__ = [
    "BodyReader",
    "RecordWrites",
    "RootField",
    "Selected",
    "check_parameters",
    "find_writes",
    "idempotent",
    "mutate",
    "select",
    "success_response",
]
