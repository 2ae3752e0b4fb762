"""``If-Match`` and ``If-None-Match`` of requests that change a record (RFC 9110, 13.1)."""

from odoo.http import request

from ..schema.access.access import find_visible
from ..schema.access.versions import check_version, record_version
from ..schema.exposure.errors import ApiError
from .calls import Call


def check_preconditions(call: Call, number: int) -> None:
    """Refuse to go on with a record that ``If-Match`` or ``If-None-Match`` excludes.

    :raise ApiError: PRECONDITION_FAILED
    """
    version = expected_version(call, number)
    if version is None:
        return
    record = find_visible(call.context, call.resource, [number])
    if record:
        check_version(call.resource, record, version)


def expected_version(call: Call, number: int) -> str | None:
    """Return the version that a record must have to be changed, None for any.

    It is for the change itself to compare it: see :func:`check_version`.

    :return: an empty text where no version would do
    :raise ApiError: PRECONDITION_FAILED where ``If-None-Match`` excludes the record
    """
    _check_none_match(call, number)
    condition = request.httprequest.if_match
    if condition.star_tag or not request.httprequest.headers.get("If-Match"):
        return None
    versions = _versions(condition)
    if len(versions) > 1:
        current = record_version(find_visible(call.context, call.resource, [number]))
        return current if current in versions else ""
    return versions.pop() if versions else ""


def _check_none_match(call: Call, number: int) -> None:
    """Refuse to change a record that is there, or has one of the versions (13.1.2)."""
    condition = request.httprequest.if_none_match
    record = find_visible(call.context, call.resource, [number]) if condition else None
    if record and (condition.star_tag or record_version(record) in _versions(condition)):
        raise ApiError(
            "PRECONDITION_FAILED",
            f"{call.resource.type_name} {number} exists already, and If-None-Match allows only "
            f"to create it.",
        )


def _versions(condition) -> set[str]:
    """Return the versions in the tags of a header; what was shown of the record does not count."""
    # Of the empty tag werkzeug makes None.
    return {(tag or "").partition("-")[0] for tag in condition.as_set(include_weak=True)}
