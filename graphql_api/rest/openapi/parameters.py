"""Parameters of paths, queries and headers."""

from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.resource import Resource
from .components import Components, Json
from .filters import FilterSchemas
from .usable import Usable
from .values import RECORD_ID

_SWITCH: Json = {"type": "boolean", "default": False}


class Parameters:
    """The parameters of routes, as far as a caller may use them."""

    def __init__(self, schema: BuiltSchema, usable: Usable, components: Components):
        self._schema = schema
        self._usable = usable
        self._components = components
        self._filters = FilterSchemas(schema, usable, components)

    def shared(self) -> list[Json]:
        """Return the headers that every request may have."""
        return [
            self._refer(
                "Accept-Language",
                "header",
                {"type": "string"},
                "Chooses among the installed languages, like `fr-BE, en;q=0.5`; else the user's "
                "own counts.",
            ),
            self._refer(
                "X-Odoo-Companies",
                "header",
                {"type": "string", "pattern": "^[0-9]{1,9}(,[0-9]{1,9})*$"},
                "Ids of companies of the user, like `1,3`; else all of them.",
            ),
            self._refer(
                "X-Timezone",
                "header",
                {"type": "string"},
                "A name of the tz database, like `Europe/Brussels`, for groupings.",
            ),
            self._refer(
                "Consistency-Token",
                "header",
                {"type": "string", "pattern": "^[0-9A-F]{1,8}/[0-9A-F]{1,8}$"},
                "That of an earlier answer, which a read on a replica has to see.",
            ),
        ]

    def record_id(self) -> Json:
        """Return the id in the path."""
        return self._components.refer(
            "parameters",
            "id",
            lambda: {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "The record's id.",
                "schema": dict(RECORD_ID),
            },
        )

    def fields(self) -> Json:
        """Return the parameter that says what a response shows."""
        return self._refer(
            "fields",
            "query",
            {"type": "string"},
            "What to show: names with commas between them, those of a related record after the "
            "relation and a dot. A relation alone shows `id` and `name`, the display name. Where "
            "the description of a field says so it takes arguments: `name(argument:value)`. "
            "Without `fields`: the values of the record and its many2one relations.",
            "id,display_name",
        )

    def idempotency_key(self) -> Json:
        """Return the header that makes a POST safe to repeat."""
        return self._refer(
            "Idempotency-Key",
            "header",
            {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
            "A UUID, say: the same request with the same key is executed once, and answered alike "
            "for 24 hours.",
        )

    def keys(self, schemas: Json) -> list[Json]:
        """Return the parameters that find the record of an upsert.

        :param schemas: of the keys, by their names
        """
        return [
            {"name": name, "in": "query", "description": "The key of the record.", "schema": schema}
            for name, schema in schemas.items()
        ]

    def prefer(self) -> Json:
        """Return the header with which a request shows what it would do."""
        return self._refer(
            "Prefer",
            "header",
            {"type": "string"},
            "With `dry-run` the request is executed and answered, but nothing is kept or sent.",
        )

    def if_match(self) -> Json:
        """Return the header that refuses to change what somebody else has changed meanwhile."""
        text = "The ETag that was read: refused where the record has been changed since."
        return self._refer("If-Match", "header", {"type": "string"}, text)

    def if_none_match(self) -> Json:
        """Return the header that spares what the client has already."""
        text = "The ETag that was read: 304 while it is current."
        return self._refer("If-None-Match", "header", {"type": "string"}, text)

    def byte_range(self) -> Json:
        """Return the header that asks for a part of a file."""
        text = "The bytes to send, like `bytes=0-1023`."
        return self._refer("Range", "header", {"type": "string"}, text)

    def preflight(self) -> Json:
        """Return the header that a form with files needs."""
        text = "With any value: a form needs it, as no page of another site can send it unasked."
        return self._refer("GraphQL-Require-Preflight", "header", {"type": "string"}, text)

    def page(self, resource: Resource) -> list[Json]:
        """Return what chooses, sorts and pages the records of a list."""
        text = "The page after the one whose `meta.next` it is."
        return [
            self.fields(),
            self._sort(resource),
            *self._range(resource, "Records of the page.", resource.default_page_size),
            self._refer("after", "query", {"type": "string"}, text),
            self._refer("total", "query", _SWITCH, "Count all records, as `meta.total`."),
            *self._conditions(resource),
        ]

    def related_page(self, resource: Resource) -> list[Json]:
        """Return what chooses, sorts and pages a list that is reached through a record only."""
        return [
            self.fields(),
            self._sort(resource),
            *self._range(resource, "Records of the page.", resource.default_page_size),
            self._refer("include_archived", "query", _SWITCH, "Archived records, too."),
            self._filters.parameter(resource),
        ]

    def groups(self, resource: Resource, keys: list[str], aggregates: list[str]) -> list[Json]:
        """Return what makes groups of the records of a list, and chooses, sorts and pages them.

        :param keys: what records can be grouped by
        :param aggregates: what groups can be sorted by, beside ``count``
        """
        one_of = {"type": "array", "items": {"type": "string", "enum": keys}, "uniqueItems": True}
        sort = f"-{aggregates[0]},count" if aggregates else "-count"
        shown = "`count`"
        if aggregates:
            name, _dot, _function = aggregates[0].partition(".")
            shown += f", an aggregate like `{aggregates[0]}`, or all of a field's (`{name}`)"
        return [
            {
                "name": "group_by",
                "in": "query",
                "description": "The keys of the groups, dates with the length of the periods; "
                "without it all records are one group.",
                "style": "form",
                "explode": False,
                "schema": one_of,
            },
            {
                "name": "fields",
                "in": "query",
                "description": f"What to show beside the keys: {shown}. Keys that are relations "
                "show `id` and `name`, the display name, or what is named after `keys`, the "
                "relation and a dot.",
                "schema": {"type": "string", "default": "count"},
            },
            {
                "name": "sort",
                "in": "query",
                "description": "The order: names with commas between them, a minus before one is "
                f"descending. There are {', '.join(['count', *aggregates])}.",
                "schema": {"type": "string"},
                "example": sort,
            },
            *self._range(resource, "Groups of the page.", resource.max_page_size),
            *self._conditions(resource),
        ]

    def _range(self, resource: Resource, text: str, default: int) -> list[Json]:
        size = self._usable.page_size(resource.type_name)
        limit = {"type": "integer", "minimum": 0, "maximum": size, "default": min(default, size)}
        offset = {"type": "integer", "minimum": 0, "maximum": 10**9 - 1, "default": 0}
        return [
            {"name": "limit", "in": "query", "description": text, "schema": limit},
            self._refer("offset", "query", offset, "How many to pass over."),
        ]

    def _conditions(self, resource: Resource) -> list[Json]:
        """Return what chooses among the records of a resource."""
        return [
            self._refer("q", "query", {"type": "string"}, "Odoo's name search."),
            self._refer("include_archived", "query", _SWITCH, "Archived records, too."),
            self._filters.parameter(resource),
        ]

    def _sort(self, resource: Resource) -> Json:
        order = self._schema.graphql_schema.type_map[f"{resource.type_name}Order"]
        usable = {
            self._schema.rest_name(resource.type_name, name): field
            for name, field in order.fields.items()
            if (resource.type_name, name) in self._usable.readable
        }
        names = [name for name, field in usable.items() if not field.deprecation_reason]
        text = (
            "The order: names with commas between them, a minus before one is descending. "
            f"There are {', '.join(names)}."
        )
        if older := [name for name in usable if name not in names]:
            text += f" Deprecated are {', '.join(older)}."
        return {
            "name": "sort",
            "in": "query",
            "description": text,
            "schema": {"type": "string"},
            "example": f"-{names[-1]},id",
        }

    def _refer(self, name: str, place: str, schema: Json, text: str, example=None) -> Json:
        # Tools fill forms with examples and send them: only what fits every request is one.
        parameter: Json = {"name": name, "in": place, "description": text, "schema": schema}
        if example is not None:
            parameter["example"] = example
        return self._components.refer("parameters", name, lambda: parameter)
