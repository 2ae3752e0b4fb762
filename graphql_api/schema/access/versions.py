"""Versions of records: what tells a client that somebody else has changed one meanwhile."""

from typing import Any

from ..exposure.errors import ApiError
from ..exposure.resource import Resource


def record_version(record: Any) -> str | None:
    """Return what changes with every write: the timestamp of the last one, to the microsecond.

    None where the model keeps no such timestamp. A record of before the first write has version 0:
    Odoo's installation makes some with plain SQL.
    """
    if not record._log_access:
        return None
    timestamp = record.write_date or record.create_date
    return format(int(timestamp.timestamp() * 1_000_000), "x") if timestamp else "0"


def check_version(resource: Resource, record: Any, version: str | None) -> None:
    """Refuse a record that has another version than the client has seen.

    Where somebody changes it between this check and the end of the transaction, PostgreSQL refuses
    our write, and the transaction is repeated with this check: every write of Odoo updates the
    record's row (odoo/orm/models.py, ``write``), and rows are read as of the transaction's start
    (odoo/sql_db.py: REPEATABLE READ).

    :param version: None for any
    :raise ApiError: PRECONDITION_FAILED
    """
    if version is not None and record_version(record) != version:
        raise ApiError(
            "PRECONDITION_FAILED",
            f"{resource.type_name} {record.id} has been changed since you read it. "
            "Read it again, then repeat the change.",
        )
