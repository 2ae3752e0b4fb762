"""A field of a resource, as a plain value."""

from dataclasses import dataclass, replace

from .names import camel_case

RELATIONS = ("many2one", "one2many", "many2many")


@dataclass(frozen=True, slots=True)
class ResourceField:
    """One exposed field.

    ``name`` is the REST name, ``field`` the Odoo name, ``type`` Odoo's field type,
    ``relation`` the type name of the resource at the other end of a relation.
    ``readable``, ``filterable`` and ``writable`` say what clients may do, ``searchable`` and
    ``sortable`` what Odoo can do. ``required`` cannot be empty, ``has_default`` need not be sent,
    ``is_key`` finds the record of an upsert. ``inverse`` is the Odoo field at the other end of a
    one2many, ``delegate`` the Odoo field of ``_inherits`` whose record has the value of this one,
    ``unlink_deletes`` tells that a record taken off the list is deleted.
    ``selection`` has the keys of a static selection, else None. ``groupable`` and
    ``aggregatable`` say what the database can do with many records, ``currency`` is the Odoo field
    with the currency of a monetary one. ``model_of`` is the Odoo field with the id of a record
    whose model is the value of this one. ``shows_name`` tells that the value is not what the Odoo
    field leads to, but its name, as a text. ``deprecation_reason`` says why clients should not use
    the field any more, None where they may. ``alias_of`` is the REST name that the field has now,
    where ``name`` is a former one.
    """

    name: str
    field: str
    type: str
    description: str = ""
    relation: str | None = None
    readable: bool = True
    writable: bool = False
    filterable: bool = True
    searchable: bool = True
    sortable: bool = True
    stored: bool = True
    required: bool = False
    has_default: bool = False
    is_key: bool = False
    inverse: str | None = None
    delegate: str | None = None
    unlink_deletes: bool = False
    selection: tuple[str, ...] | None = None
    groupable: bool = False
    aggregatable: bool = False
    currency: str | None = None
    model_of: str | None = None
    shows_name: bool = False
    deprecation_reason: str | None = None
    alias_of: str | None = None

    @property
    def graphql_name(self) -> str:
        """The name in GraphQL, where ``name`` is that in REST."""
        return camel_case(self.name)

    @property
    def to_many(self) -> bool:
        """Whether it leads to a list of records."""
        return self.type in ("one2many", "many2many")

    @property
    def target(self) -> str:
        """The type name of the resource that a relation leads to."""
        return self.relation or ""

    def under_former_name(self, name: str) -> "ResourceField":
        """Return the field under a name that it had, and that goes on working."""
        names = self.graphql_name
        if names != self.name:
            names = f"{names} ({self.name} in REST)"
        reason = " ".join(filter(None, [f"Renamed to {names}.", self.deprecation_reason]))
        return replace(self, name=name, alias_of=self.name, deprecation_reason=reason)
