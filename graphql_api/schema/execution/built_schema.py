"""The executable schema of one database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import Lock
from typing import Any, TypeVar

import strawberry
from strawberry.printer import print_schema

from ..access.context import Context
from ..access.loaders import Loader
from ..addons.features import Feature
from ..exposure.names import snake_case
from ..exposure.policy import Policy
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .documents import Documents
from .introspection import list_sizes
from .schema_texts import CompressedText, SchemaTexts

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class BuiltSchema:
    """The schema of one database, with what its executor needs. Holds no environment.

    ``resources`` are by type name, ``input_resources`` by the name of an input that has their
    fields; by (type name, GraphQL field name) there are ``fields``, those of resources, and
    ``loaders``, how a field is read for many records. Its types are made when they are asked for;
    ``rebuild`` makes the same schema anew. ``features`` are those of addons, ``error_codes`` and
    ``describe_routes`` and ``describe_lists`` what :class:`.builder.Parts` says of them.
    """

    strawberry_schema: strawberry.Schema
    resources: dict[str, Resource]
    input_resources: dict[str, Resource]
    fields: dict[tuple[str, str], ResourceField]
    loaders: Mapping[tuple[str, str], Loader]
    rebuild: Callable[[], "BuiltSchema"]
    features: tuple[Feature, ...] = ()
    error_codes: Mapping[str, int] = field(default_factory=dict)
    describe_routes: tuple[Callable[[Any], dict[str, dict]], ...] = ()
    describe_lists: tuple[Callable[[Any, Resource, dict], None], ...] = ()
    texts: SchemaTexts = field(default_factory=SchemaTexts, init=False)
    _derived: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def graphql_schema(self) -> Any:
        """The schema as graphql-core knows it."""
        return self.strawberry_schema._schema

    @cached_property
    def documents(self) -> Documents:
        """The documents of the schema."""
        return Documents(self.graphql_schema, self.resources, lambda: self._list_sizes)

    def complete(self) -> "BuiltSchema":
        """Return the same schema, for what needs all of its types.

        They take megabytes, and seconds, in a schema with hundreds of resources: the schema that
        serves requests is left without those that no request needs, and only the last complete one
        of the process is kept.
        """
        with _COMPLETING:
            return _complete(self)

    @cached_property
    def _list_sizes(self) -> dict[tuple[str, str], int]:
        return list_sizes(self.complete().graphql_schema)

    @cached_property
    def by_collection(self) -> dict[str, Resource]:
        """The resources that have an address, by REST collection."""
        return {
            resource.collection: resource
            for resource in self.resources.values()
            if resource.is_root
        }

    def features_of(self, resource: Resource) -> list[Feature]:
        """Return the features of addons that a resource of the schema has."""
        return [feature for feature in self.features if feature.is_offered(resource)]

    def has_feature(self, resource: Resource, name: str | None) -> bool:
        """Tell whether a resource of the schema has the feature of this name."""
        return any(feature.name == name for feature in self.features_of(resource))

    def is_paged(self, field: ResourceField | None) -> bool:
        """Tell whether a field leads to a list that is paged at the address of its record.

        Its records have no address of their own.
        """
        if field is None or not field.readable or not field.to_many or field.alias_of:
            return False
        target = self.resources[field.relation or ""]
        return not target.is_root and "read" in target.operations

    def derive(self, make: Callable[["BuiltSchema"], T]) -> T:
        """Return what another layer makes of the schema: made once, and kept with it."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return self._derived[make]

    def rest_name(self, type_name: str, graphql_name: str) -> str:
        """Return the REST name of a field of a type."""
        field = self.fields.get((type_name, graphql_name))
        return field.name if field else snake_case(graphql_name)

    def rest_input_name(self, input_name: str, graphql_name: str) -> str:
        """Return the REST name of a field of an input."""
        resource = self.input_resources.get(input_name)
        return self.rest_name(resource.type_name if resource else "", graphql_name)

    def may_read(self, context: Context, type_name: str, graphql_name: str) -> bool:
        """Tell whether the caller may read all that a field of a type shows."""
        resource = self.resources.get(type_name)
        if resource is None:
            return True
        names = self.odoo_fields(type_name, graphql_name)
        return all(context.may_read(resource, name) for name in names)

    def odoo_fields(self, type_name: str, graphql_name: str) -> set[str]:
        """Return the names in Odoo of the fields that a field of a type shows."""
        loader = self.loaders.get((type_name, graphql_name))
        names = set(loader.fetches if loader else ())
        # Lists and files are not columns to fetch, but fields all the same.
        field = self.fields.get((type_name, graphql_name))
        if field is not None:
            names.add(field.field)
        return names

    def context(
        self,
        env,
        timings: dict[str, float] | None = None,
        policy: Policy | None = None,
    ) -> Context:
        """Return the context of one request of the environment's user.

        :param timings: gets the seconds that the phases of execution take
        :param policy: that of the caller, None for one that allows everything
        """
        timings = {} if timings is None else timings
        return Context(env, self.resources, self.loaders, timings, policy or Policy())

    @property
    def sdl(self) -> CompressedText:
        """The schema in GraphQL's schema definition language."""
        kept = self.texts.get("sdl")
        if kept is None:
            text = print_schema(self.complete().strawberry_schema) + "\n"
            kept = self.texts.keep("sdl", text.encode())
        return kept


_COMPLETING = Lock()
"""Held while a schema is completed: threads that need the same one share it."""


@lru_cache(maxsize=1)
def _complete(schema: BuiltSchema) -> BuiltSchema:
    return schema.rebuild()
