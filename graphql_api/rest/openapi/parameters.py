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
                "The preferred installed languages, like `fr-BE, en;q=0.5`. By default the "
                "user's language.",
            ),
            self._refer(
                "X-Odoo-Companies",
                "header",
                {"type": "string", "pattern": "^[0-9]{1,9}(,[0-9]{1,9})*$"},
                "Ids of companies of the user, like `1,3`. By default all of them.",
            ),
            self._refer(
                "X-Timezone",
                "header",
                {"type": "string"},
                "Time zone for grouping by date: a name of the tz database, like "
                "`Europe/Brussels`.",
            ),
            self._refer(
                "Consistency-Token",
                "header",
                {"type": "string", "pattern": "^[0-9A-F]{1,8}/[0-9A-F]{1,8}$"},
                "The `Consistency-Token` of an earlier response: a read on a replica then sees "
                "at least the data of that request.",
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
            "The fields to return, separated by commas. For a field of a related record, write "
            "the relation, a dot and the field. A relation alone returns `id` and `name`, the "
            "display name. Some fields take arguments, as their description says: "
            "`name(argument:value)`. By default: the values of the record and its many2one "
            "relations.",
            "id,display_name",
        )

    def idempotency_key(self) -> Json:
        """Return the header that makes a POST safe to repeat."""
        return self._refer(
            "Idempotency-Key",
            "header",
            {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
            "A unique key, like a UUID. If the same request is sent again with the same key "
            "within 24 hours, it is not executed again and gets the same response.",
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
            "With `dry-run` the request is executed and gets its response, but nothing is saved "
            "or sent.",
        )

    def if_match(self) -> Json:
        """Return the header that refuses to change what somebody else has changed meanwhile."""
        text = "The ETag that you read: the request is refused if the record was changed since."
        return self._refer("If-Match", "header", {"type": "string"}, text)

    def if_none_match(self) -> Json:
        """Return the header that spares what the client has already."""
        text = "The ETag that you read: the response is 304 if nothing has changed."
        return self._refer("If-None-Match", "header", {"type": "string"}, text)

    def byte_range(self) -> Json:
        """Return the header that asks for a part of a file."""
        text = "The bytes to return, like `bytes=0-1023`."
        return self._refer("Range", "header", {"type": "string"}, text)

    def preflight(self) -> Json:
        """Return the header that a form with files needs."""
        text = "Any value. A form needs this header, because pages of other sites cannot send it."
        return self._refer("GraphQL-Require-Preflight", "header", {"type": "string"}, text)

    def page(self, resource: Resource) -> list[Json]:
        """Return what chooses, sorts and pages the records of a list."""
        text = "`meta.next` of the previous page."
        return [
            self.fields(),
            self._sort(resource),
            *self._range(resource, "Number of records in the page.", resource.default_page_size),
            self._refer("after", "query", {"type": "string"}, text),
            self._refer(
                "total", "query", _SWITCH, "Whether to count all records, in `meta.total`."
            ),
            *self._conditions(resource),
        ]

    def chosen_page(self, resource: Resource) -> list[Json]:
        """Return what chooses and shows the records of a page whose order is given."""
        return [
            self.fields(),
            self._range(resource, "Number of records in the page.", resource.default_page_size)[0],
            self._refer(
                "include_archived", "query", _SWITCH, "Whether to include archived records."
            ),
            self._filters.parameter(resource),
        ]

    def related_page(self, resource: Resource) -> list[Json]:
        """Return what chooses, sorts and pages a list that is reached through a record only."""
        return [
            self.fields(),
            self._sort(resource),
            *self._range(resource, "Number of records in the page.", resource.default_page_size),
            self._refer(
                "include_archived", "query", _SWITCH, "Whether to include archived records."
            ),
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
                "description": "The fields to group by; dates with the length of the periods. By "
                "default all records are one group.",
                "style": "form",
                "explode": False,
                "schema": one_of,
            },
            {
                "name": "fields",
                "in": "query",
                "description": f"What to return besides the keys: {shown}. A key that is a "
                f"relation returns `id` and `name`, the display name. For its other fields write "
                f"`keys`, the relation and the field, with dots.",
                "schema": {"type": "string", "default": "count"},
            },
            {
                "name": "sort",
                "in": "query",
                "description": "The order: names separated by commas; a minus before a name "
                f"means descending. Possible: {', '.join(['count', *aggregates])}.",
                "schema": {"type": "string"},
                "example": sort,
            },
            *self._range(resource, "Number of groups in the page.", resource.max_page_size),
            *self._conditions(resource),
        ]

    def _range(self, resource: Resource, text: str, default: int) -> list[Json]:
        size = self._usable.page_size(resource.type_name)
        limit = {"type": "integer", "minimum": 0, "maximum": size, "default": min(default, size)}
        offset = {"type": "integer", "minimum": 0, "maximum": 10**9 - 1, "default": 0}
        return [
            {"name": "limit", "in": "query", "description": text, "schema": limit},
            self._refer("offset", "query", offset, "How many to skip."),
        ]

    def _conditions(self, resource: Resource) -> list[Json]:
        """Return what chooses among the records of a resource."""
        return [
            self._refer(
                "q",
                "query",
                {"type": "string"},
                "Text to find in names, as Odoo's own search does.",
            ),
            self._refer(
                "include_archived", "query", _SWITCH, "Whether to include archived records."
            ),
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
            "The order: names separated by commas; a minus before a name means descending. "
            f"Possible: {', '.join(names)}."
        )
        if older := [name for name in usable if name not in names]:
            text += f" Deprecated: {', '.join(older)}."
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
