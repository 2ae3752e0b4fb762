"""What the API exposes, as plain values: read once from the records, never changed."""

import dataclasses
from collections.abc import Iterator, Set
from dataclasses import dataclass

from .action import Action, Argument
from .names import camel_case, lower_first, upper_first
from .resource_field import ResourceField

RESERVED_COLLECTIONS = frozenset(
    [
        "auth",
        "docs",
        "graphql",
        "health",
        "me",
        "metrics",
        "mobile",
        "openapi",
        "openapi.json",
        "ready",
    ]
)
"""First segments below ``/api`` that are routes of their own."""

MOBILE_ALIASES = {"customer": ("customers", "id,name,email,phone")}
"""Legacy routes ``/api/mobile/<name>/<id>`` -> collection and fields."""

AUTOMATIC_FIELDS = frozenset(["id", "display_name", "create_date", "write_date", "version"])
"""REST names that every type has (where the model keeps them); no field may reuse them."""

UPSERT = "upsert"
"""What a resource offers that allows to create and to update."""

ATTACHMENTS = "attachments"
"""REST name of the list of a record's files and links, where no field of its has the name."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of Odoo that clients may print of one record.

    ``name`` is the REST name (``delivery-slip``), ``xml_id`` the external id in Odoo. ``portal``
    tells that users of the portal may print it, with all that it shows.
    """

    name: str
    xml_id: str
    description: str = ""
    portal: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What the records of a resource are lines of.

    ``field`` is the Odoo field that leads to it, ``open`` the domain of the documents whose lines
    may be changed.
    """

    field: str
    open: tuple = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """An Odoo model under a GraphQL type name and a REST collection name.

    ``domain`` limits the records that are reachable at all, ``order`` is a list of
    (REST field name, "ASC" or "DESC"), ``fields`` maps REST names to fields, ``actions`` REST
    names to actions, ``reports`` REST names to reports. ``defaults`` are values of Odoo fields for
    new records. ``document`` is what the records are lines of, None where they are no lines.
    ``has_attachments`` says whether the files and links of a record are offered as a list of it;
    ``attachments`` is that list, of no field of Odoo, None where there is none; with
    ``takes_attachments`` clients write it together with the record. ``withheld`` are Odoo fields
    that new records need and that the caller must not set. ``features`` are the names of what
    addons offer of it.
    """

    type_name: str
    collection: str
    model: str
    description: str = ""
    domain: tuple = ()
    order: tuple[tuple[str, str], ...] = ()
    default_page_size: int = 80
    max_page_size: int = 1000
    operations: frozenset[str] = frozenset(["read"])
    is_root: bool = True
    defaults: dict = dataclasses.field(default_factory=dict)
    fields: dict[str, ResourceField] = dataclasses.field(default_factory=dict)
    actions: dict[str, Action] = dataclasses.field(default_factory=dict)
    reports: dict[str, Report] = dataclasses.field(default_factory=dict)
    document: Document | None = None
    has_attachments: bool = True
    attachments: ResourceField | None = None
    takes_attachments: bool = True
    withheld: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()

    @property
    def single_name(self) -> str:
        """The GraphQL field that reads one record: ``saleOrder``."""
        return lower_first(self.type_name)

    @property
    def list_name(self) -> str:
        """The GraphQL field that lists records: ``saleOrders``."""
        return camel_case(self.collection)

    @property
    def aggregate_name(self) -> str:
        """The GraphQL field that counts and sums up groups of records: ``saleOrdersAggregate``."""
        return f"{self.list_name}Aggregate"

    @property
    def plural_name(self) -> str:
        """The plural of the type, as mutations name it: ``SaleOrders``."""
        return upper_first(self.list_name)

    def action_name(self, action: Action, many: bool = False) -> str:
        """Return the mutation of an action: ``confirmSaleOrder``, ``confirmSaleOrders``."""
        return camel_case(action.name) + (self.plural_name if many else self.type_name)

    @property
    def argument_shapes(self) -> "Iterator[Resource]":
        """The arguments of the actions, and of the lines in them, each as a resource."""
        for action in self.actions.values():
            if action.arguments is not None:
                yield action.arguments
                for argument in action.arguments.arguments.values():
                    if argument.lines is not None:
                        yield argument.lines

    @property
    def arguments(self) -> dict[str, Argument]:
        """Those of its fields that are arguments: all, in what :attr:`Action.arguments` is."""
        return {name: field for name, field in self.fields.items() if isinstance(field, Argument)}

    @property
    def writable_fields(self) -> list[ResourceField]:
        """The fields that clients may set."""
        return [field for field in self.fields.values() if field.writable]

    def input_field(self, name: str) -> ResourceField | None:
        """Return the field of an input by its REST name, None where there is none."""
        field = self.fields.get(name)
        if field is None and name == ATTACHMENTS and self.takes_attachments:
            return self.attachments
        return field

    def names_of(self, field: ResourceField) -> list[str]:
        """Return all REST names of a field: the one that it has now, then its former ones."""
        current = field.alias_of or field.name
        former = [other.name for other in self.fields.values() if other.alias_of == current]
        return [current, *former]

    def needs_value(self, field: ResourceField) -> bool:
        """Tell whether a new record needs a value of a field from the client."""
        return field.required and not field.has_default and field.field not in self.defaults

    @property
    def given_by_lists(self) -> Set[str]:
        """The Odoo fields that a new record needs and gets, if at all, in a list of another record.

        A line needs its document, also where Odoo has such records without one.
        """
        writable = {field.field for field in self.writable_fields}
        return self.withheld | {
            field.field
            for field in self.fields.values()
            if field.type == "many2one"
            and not field.writable
            and field.delegate not in writable
            and (self.needs_value(field) or (self.document and field.field == self.document.field))
        }

    def allows(self, operation: str, inverse: str | None = None) -> bool:
        """Tell whether an operation is offered, and has something to work on.

        :param inverse: the Odoo field that a new record gets from the list that it is created in
        """
        if operation == UPSERT:
            return self.allows("create", inverse) and self.allows("update", inverse)
        if operation in ("create", "update") and not self.writable_fields:
            return False
        if operation == "create" and not self.given_by_lists <= {inverse}:
            return False
        return operation in self.operations
