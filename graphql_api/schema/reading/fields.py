"""The loaders of a resource's fields: its values, files and relations."""

from typing import Any

from ..access.cached_values import cached_values
from ..access.context import Context
from ..access.display_names import read_display_names, read_owner_names, read_related_names
from ..access.external_ids import read_external_ids
from ..access.loaders import Column, Loader
from ..access.odoo_models import OWNERS
from ..access.properties import visible_properties
from ..access.references import shown_types
from ..access.versions import record_version
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .conditions import to_domain
from .files import files
from .ordering import order_terms
from .pagination import check_offset, check_size
from .relations import ListArguments, many2one, to_many

ID_COLUMN = Column(
    lambda context, records, columns, arguments: [str(number) for number in records._ids]
)

VERSION_COLUMN = Column(
    lambda context, records, columns, arguments: [record_version(record) for record in records],
    ("write_date",),
)


def display_name_column(resource: Resource) -> Column:
    """Return the loader of the names that Odoo shows for records."""

    def load(context: Context, records, columns, arguments) -> list[str | None]:
        return read_display_names(context, resource, records)

    return Column(load, ("display_name",))


def external_id_column(resource: Resource) -> Column:
    """Return the loader of the external ids of records, as far as the caller may see them."""

    def load(context: Context, records, columns, arguments) -> list[str | None]:
        external_ids = read_external_ids(context, resource, records._ids)
        return [external_ids.get(number) for number in records._ids]

    return Column(load, by_name=True)


def value_column(resource: Resource, field: ResourceField) -> Column:
    """Return the loader of a field that holds a value."""

    def load(context: Context, records, columns, arguments) -> list[Any]:
        context.check_field(resource, field)
        values = context.values(field, records)
        return visible_properties(context, values) if field.type == "properties" else values

    return Column(load, (field.field,))


def name_column(resource: Resource, field: ResourceField) -> Column:
    """Return the loader of a field that shows the names of the records at its other end."""

    def load(context: Context, records, columns, arguments) -> list[str | None]:
        context.check_field(resource, field)
        return read_related_names(context, records, field.field)

    return Column(load, (field.field,))


def owner_name_column(resource: Resource, field: ResourceField) -> Column:
    """Return the loader of a field with the display name of the record that others belong to."""

    def load(context: Context, records, columns, arguments) -> list[str | None]:
        context.check_field(resource, field)
        return read_owner_names(context, records, context.values(field, records))

    return Column(load, (field.field, *OWNERS[resource.model]))


def model_column(resource: Resource, field: ResourceField) -> Column:
    """Return the loader of a field with the model of a record: it shows the type of that record."""
    assert field.model_of, "the field names the model of a record"
    model_of = field.model_of

    def load(context: Context, records, columns, arguments) -> list[str | None]:
        context.check_field(resource, field)
        models = context.values(field, records)
        numbers = cached_values(records._fields[model_of], records)
        return shown_types(context, list(zip(models, numbers, strict=True)))

    return Column(load, (field.field, model_of))


def file_loader(resource: Resource, field: ResourceField) -> Loader:
    """Return the loader of a field that holds a file: an object that tells where it is served."""

    def load(context: Context, records, columns, arguments) -> list:
        context.check_field(resource, field)
        return files(context, resource, field, records)

    return Loader(load)


def many2one_loader(resource: Resource, field: ResourceField, target: Resource) -> Loader:
    """Return the loader of a field that leads to one record of another resource."""

    def load(context: Context, records, columns, arguments) -> list:
        context.check_field(resource, field)
        return many2one(context, field, target, records, columns)

    return Loader(load, (field.field,))


def to_many_loader(
    resource: Resource,
    field: ResourceField,
    target: Resource,
    sortable: dict[str, ResourceField],
) -> Loader:
    """Return the loader of a field that leads to a list of records of another resource.

    :param sortable: REST name -> field that the list can be ordered by
    """

    def load(context: Context, records, columns, arguments) -> list:
        if field is not resource.attachments:
            context.check_field(resource, field)
        list_arguments = ListArguments(
            domain=to_domain(context, arguments["filter"]),
            terms=order_terms(context, target, sortable, arguments["order_by"]),
            limit=check_size(context, target, "first", arguments["first"], None),
            offset=check_offset(arguments["offset"]),
            archived=arguments["include_archived"],
        )
        return to_many(context, field, target, records, columns, list_arguments)

    return Loader(load)
