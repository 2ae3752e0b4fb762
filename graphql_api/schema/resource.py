"""What the API exposes, as plain values: read once from the records, never changed."""

from dataclasses import dataclass, field

from .names import camel_case, lower_first

RESERVED_COLLECTIONS = frozenset(
    ["auth", "docs", "graphql", "health", "me", "metrics", "mobile", "openapi", "ready"]
)
"""First segments below ``/api`` that are routes of their own."""

AUTOMATIC_FIELDS = frozenset(["id", "display_name", "create_date", "write_date", "version"])
"""REST names that every type has (where the model keeps them); no line may reuse them."""

RELATIONS = ("many2one", "one2many", "many2many")


@dataclass(frozen=True, slots=True)
class ResourceField:
    """One exposed field.

    ``name`` is the REST name, ``field`` the Odoo name, ``type`` Odoo's field type,
    ``relation`` the type name of the resource at the other end of a relation.
    ``searchable`` and ``sortable`` say what Odoo can do, ``filterable`` what the
    administrator allows. ``selection`` has the keys of a static selection, else None.
    """

    name: str
    field: str
    type: str
    description: str = ""
    relation: str | None = None
    writable: bool = False
    filterable: bool = True
    searchable: bool = True
    sortable: bool = True
    stored: bool = True
    required: bool = False
    selection: tuple[str, ...] | None = None

    @property
    def graphql_name(self) -> str:
        return camel_case(self.name)

    @property
    def to_many(self) -> bool:
        return self.type in ("one2many", "many2many")


@dataclass(frozen=True, slots=True)
class Resource:
    """An Odoo model under a GraphQL type name and a REST collection name.

    ``domain`` limits the records that are reachable at all, ``order`` is a list of
    (REST field name, "ASC" or "DESC"), ``fields`` maps REST names to fields.
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
    defaults: dict = field(default_factory=dict)
    fields: dict[str, ResourceField] = field(default_factory=dict)

    @property
    def single_name(self) -> str:
        """The GraphQL field that reads one record: ``saleOrder``."""
        return lower_first(self.type_name)

    @property
    def list_name(self) -> str:
        """The GraphQL field that lists records: ``saleOrders``."""
        return camel_case(self.collection)
