"""Binary and image fields: a reference to the file, never its bytes."""

import base64
import mimetypes

import strawberry

from odoo.fields import Domain
from odoo.tools.mimetypes import MIMETYPE_HEAD_SIZE, guess_mimetype

from ..access.context import Context
from ..access.odoo_models import ATTACHMENT
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField

_TOLD_BY_ALL = frozenset(
    [
        "application/CDFV2",
        "application/msword",
        "application/x-ole-storage",
        "application/zip",
        "text/xml",
    ]
)
"""Types of which Odoo tells the kind by more than the beginning: documents of offices, SVG."""

Properties = dict[int, tuple[str | None, str, int]]
"""Id of a record that has a file -> the name of the file, if it has one, its type and its bytes."""


@strawberry.type(description="A file of a record. Download its bytes at `url`, with the same key.")
class File:
    url: str
    filename: str
    mimetype: str
    size: int


def file_path(resource: Resource, field_name: str, record_id: int) -> str:
    """Return the path that serves the bytes of a file."""
    return f"/api/{resource.collection}/{record_id}/{field_name}"


def files(context: Context, resource: Resource, field: ResourceField, records) -> list[File | None]:
    """Return the file of each record, None where it has none."""
    if records._name == ATTACHMENT:
        properties = _of_attachments(context, resource, records)
    elif records._fields[field.field].attachment and records._fields[field.field].store:
        properties = _stored(context, field, records)
    else:
        properties = _computed(field, records)

    def file(record_id: int) -> File | None:
        if record_id not in properties:
            return None
        name, mimetype, size = properties[record_id]
        return File(
            url=file_path(resource, field.name, record_id),
            filename=name or _filename(resource, field, record_id, mimetype),
            mimetype=mimetype,
            size=size,
        )

    return [file(record_id) for record_id in records._ids]


def _filename(resource: Resource, field: ResourceField, record_id: int, mimetype: str) -> str:
    extension = mimetypes.guess_extension(mimetype) or ""
    return f"{resource.single_name}-{record_id}-{field.name}{extension}"


def _of_attachments(context: Context, resource: Resource, attachments) -> Properties:
    """Return the properties of attachments, with their names as far as the caller may read them."""
    attachments.fetch(["name", "mimetype", "file_size", "type"])
    names = (field for field in resource.fields.values() if field.field == "name")
    shows_name = any(field.readable for field in names) and context.may_read(resource, "name")
    return {
        attachment.id: (
            attachment.name if shows_name else None,
            attachment.mimetype or "application/octet-stream",
            attachment.file_size,
        )
        for attachment in attachments
        if attachment.type == "binary" and attachment.file_size
    }


def _stored(context: Context, field: ResourceField, records) -> Properties:
    """Return the properties from the attachments that hold the field's files."""
    attachments = context.env["ir.attachment"].search_fetch(
        Domain("res_model", "=", records._name)
        & Domain("res_field", "=", field.field)
        & Domain("res_id", "in", records.ids),
        ["res_id", "mimetype", "file_size"],
    )
    return {
        attachment.res_id: (
            None,
            attachment.mimetype or "application/octet-stream",
            attachment.file_size,
        )
        for attachment in attachments
        if attachment.file_size
    }


def _computed(field: ResourceField, records) -> Properties:
    properties: Properties = {}
    for record in records:
        data = record[field.field]
        if data:
            encoded = data.encode() if isinstance(data, str) else data
            properties[record.id] = (None, _mimetype(encoded), _decoded_size(encoded))
    return properties


def _decoded_size(encoded: bytes) -> int:
    """Return how many bytes a base64 text stands for, without decoding it."""
    lines = sum(encoded.count(character) for character in (b"\n", b"\r", b" "))
    return (len(encoded) - lines) * 3 // 4 - encoded[-8:].count(b"=")


def _mimetype(encoded: bytes) -> str:
    """Return the type of the file that a base64 text stands for, by its beginning if that tells."""
    head = b"".join(encoded[: MIMETYPE_HEAD_SIZE * 2].split())
    mimetype = guess_mimetype(base64.b64decode(head[: len(head) // 4 * 4]))
    if mimetype in _TOLD_BY_ALL:
        return guess_mimetype(base64.b64decode(encoded))
    return mimetype
