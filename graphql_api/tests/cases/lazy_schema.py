"""Schemas whose types are made when they are asked for, and what they have to equal."""

import strawberry
from graphql import introspection_from_schema
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from ...schema.builder import Parts, build
from ...schema.execution.built_schema import BuiltSchema
from ...schema.exposure.policy import EVERYTHING, Rights
from ...schema.values.definitions import define
from ...schema.values.scalars import SCALAR_MAP
from .api import ApiCase


@strawberry.type
class Weather:
    degrees: float


@strawberry.type
class WeatherQuery:
    @strawberry.field
    def weather(self, city: str) -> Weather:
        return Weather(degrees=20.0)


class LazySchemaCase(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resources = cls.env["graphql_api.resource"]._get_resources()
        cls.logged = {
            resource.type_name for resource in cls.resources if cls.env[resource.model]._log_access
        }

    def built(self, rights: Rights = EVERYTHING) -> BuiltSchema:
        resources = rights.restrict(self.resources)
        return build(resources, self.logged, Parts(queries=[WeatherQuery]))

    def made(self, schema: BuiltSchema) -> int:
        """Return how many types of graphql-core were made."""
        return len(schema.strawberry_schema.schema_converter.type_map)

    def assert_same_as_all_at_once(self, rights: Rights):
        """Strawberry's own schema of the same types has the same text, and says the same."""
        lazy = self.built(rights).strawberry_schema
        core = self.built(rights).graphql_schema
        roots = [
            define(
                type(root.name, (), {}),
                lambda root=root: [
                    field.extensions["strawberry-definition"] for field in root.fields.values()
                ],
            )
            for root in (core.query_type, core.mutation_type)
            if root is not None
        ]
        types = [
            core.type_map[resource.type_name].extensions["strawberry-definition"].origin
            for resource in rights.restrict(self.resources)
        ]
        eager = strawberry.Schema(
            *roots, types=types, config=StrawberryConfig(scalar_map=SCALAR_MAP)
        )
        self.assertEqual(print_schema(lazy), print_schema(eager))
        self.assertEqual(
            introspection_from_schema(lazy._schema), introspection_from_schema(eager._schema)
        )

    def assert_types_are_found(self, rights: Rights):
        """A document may name any type of the schema, and no other."""
        complete = self.built(rights).complete().graphql_schema.type_map
        schema = self.built(rights).graphql_schema
        for name in reversed(list(complete)):
            with self.subTest(name=name):
                self.assertEqual(schema.type_map[name].name, name)
                self.assertIs(schema.type_map[name], schema.get_type(name))
        found = {name: schema.type_map[name] for name in complete}
        self.assertEqual(list(schema.type_map), list(complete))
        for name, kind in found.items():
            self.assertIs(schema.type_map[name], kind)
        for name in ("Customers", "CustomerNothing", "NothingFilter", "CustomerNameInput", ""):
            self.assertNotIn(name, schema.type_map)
            self.assertIsNone(schema.get_type(name))
