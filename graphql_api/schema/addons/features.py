"""What addons offer of each resource, beside the operations and actions of the core."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from strawberry.types.field import StrawberryField

from ..exposure.resource import Resource
from ..values.definitions import LazyMapping

TypeOf = Callable[[str], Any]
"""The types of one resource, by the ends of their names: ``""`` is its object type, ``"Filter"``
the conditions on its records."""


class FeatureField(NamedTuple):
    """A root field that each resource with a feature has.

    :param name: returns its name in GraphQL
    :param make: returns the field, of Strawberry; called when it is first asked for
    """

    name: Callable[[Resource], str]
    make: Callable[[Resource, TypeOf], StrawberryField]


@dataclass(frozen=True)
class Feature:
    """What an addon offers of each resource that has it.

    Which resources have it, ``_get_features`` of ``graphql_api.resource`` says. It is there
    for whoever may do the operations, under any policy.

    :param name: of the feature, and of its address below a collection: ``/api/customers/<name>``;
        no action can have it
    :param operations: those of the resource that it needs, all of them
    :param types: end of the name of a type -> what makes that type, when it is first asked for
    :param queries: fields of ``Query``
    :param mutations: fields of ``Mutation``
    :param describe: gets :class:`graphql_api.rest.openapi.routes.Routes` and a resource that the
        caller may use so, returns path -> method -> operation (OpenAPI, "Paths Object")
    """

    name: str
    operations: tuple[str, ...] = ("read",)
    types: Mapping[str, Callable[[Resource, TypeOf], type]] = field(default_factory=dict)
    queries: tuple[FeatureField, ...] = ()
    mutations: tuple[FeatureField, ...] = ()
    describe: Callable[[Any, Resource], dict[str, dict]] | None = None

    def is_offered(self, resource: Resource) -> bool:
        """Tell whether a resource of a schema has the feature, for whoever the schema is."""
        return (
            self.name in resource.features
            and resource.is_root
            and all(map(resource.allows, self.operations))
        )


class FeatureTypes:
    """The types and root fields of the features of one schema.

    :param resources: type name -> :class:`Resource`
    :param find_type: name -> type of the schema, None where there is none
    """

    def __init__(
        self,
        features: Iterable[Feature],
        resources: Mapping[str, Resource],
        find_type: Callable[[str], Any],
    ):
        self._features = tuple(features)
        self._resources = resources
        self._find_type = find_type
        self.families: dict[str, Mapping[str, type]] = {
            suffix: LazyMapping(
                [name for name, each in resources.items() if feature.is_offered(each)],
                partial(self._make_type, make),
            )
            for feature in self._features
            for suffix, make in feature.types.items()
        }

    def _make_type(self, make: Callable[[Resource, TypeOf], type], type_name: str) -> type:
        return make(self._resources[type_name], partial(self._type_of, type_name))

    def _type_of(self, type_name: str, suffix: str) -> Any:
        return self._find_type(f"{type_name}{suffix}")

    def fields(self, resource: Resource, of: str) -> Iterator[tuple[str, Callable]]:
        """Yield the root fields of a resource: names in GraphQL, and what makes each.

        :param of: ``queries`` or ``mutations``
        """
        for feature in self._features:
            if feature.is_offered(resource):
                for each in getattr(feature, of):
                    name = each.name(resource)
                    yield name, partial(self._make_field, each, resource, name)

    def _make_field(self, each: FeatureField, resource: Resource, name: str) -> StrawberryField:
        made = each.make(resource, partial(self._type_of, resource.type_name))
        made.graphql_name = name
        return made


def feature_names(features: Iterable[Feature], resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the names that features take for a resource, also while it is not offered them.

    Each is ``"type"``, ``"query"`` or ``"mutation"``, and the name itself.
    """
    for feature in features:
        if feature.name in resource.features:
            for suffix in feature.types:
                yield "type", f"{resource.type_name}{suffix}"
            for each in feature.queries:
                yield "query", each.name(resource)
            for each in feature.mutations:
                yield "mutation", each.name(resource)
