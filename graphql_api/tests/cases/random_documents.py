"""GraphQL documents and REST addresses of all that there is in a schema, drawn at random."""

import json
import random
from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import HealthCheck, Phase, given, settings

from .policy_records import TYPES, PolicyRecordsCase
from .query_strategies import queries

ROOTS = ("Customer", "SaleOrder", "SaleOrderLine", "Product", "Lead", "Attachment", "Activity")


class Documents:
    """GraphQL documents of what there is in a schema, drawn at random.

    :param ids: those of the records of the test
    """

    def __init__(self, schema, draw: random.Random, ids: list[int]):
        self.schema = schema
        self.types = schema.complete().graphql_schema.type_map
        self.draw = draw
        self.ids = ids

    def value(self, kind, depth: int):
        """Return a value of an input type; of an object it has a field or two."""
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, depth) for _ in range(self.draw.choice((1, 2)))]
        if isinstance(kind, GraphQLEnumType):
            return self.draw.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            names = [
                name
                for name, field in kind.fields.items()
                if depth > 0 or is_leaf_type(get_named_type(field.type)) or "id" not in kind.fields
            ]
            chosen = self.draw.sample(names, 1 if kind.is_one_of else min(len(names), 2))
            return {name: self.value(kind.fields[name].type, depth - 1) for name in chosen}
        match kind.name:
            case "Boolean":
                return self.draw.random() < 0.5
            case "Int" | "BigInt":
                return self.draw.choice((0, 11, 77))
            case "Float":
                return self.draw.choice((0.0, 11.0, 50.0))
            case "ID":
                return str(self.draw.choice(self.ids))
            case "Date":
                return "2026-01-01"
            case "DateTime":
                return "2026-01-01T00:00:00Z"
        return self.draw.choice(("Z", "Za", "Zaaa", "Zb", "Zbbb"))

    def leaves(self, name: str, depth: int = 1) -> str:
        """Return a selection of all leaves of a type, and of what it leads to."""
        parts = ["__typename"]
        for field_name, field in self.types[name].fields.items():
            named = get_named_type(field.type)
            if any(map(is_required_argument, field.args.values())):
                continue
            if is_leaf_type(named):
                parts.append(field_name)
            elif depth:
                parts.append(f"{field_name} {self.leaves(named.name, depth - 1)}")
        return f"{{ {' '.join(parts)} }}"

    def lists(self, resource) -> Iterator[tuple[str, dict]]:
        """Yield lists, counts and groups, with filters, orders and searches."""
        name, many = resource.type_name, resource.list_name
        page = "{ totalCount pageInfo { hasNextPage endCursor } nodes { id displayName } }"
        where = self.types[f"{name}Filter"]
        for _ in range(4):
            variables = {"f": self.value(where, 3)}
            text = f"query ($f: {name}Filter) {{ {many}(filter: $f) {page} }}"
            yield text, variables
        by = self.types[f"{name}Order"]
        for direction in ("ASC", "DESC"):
            order = [{self.draw.choice(list(by.fields)): direction} for _ in range(2)]
            text = f"query ($o: [{name}Order!]) {{ {many}(orderBy: $o, first: 3) {page} }}"
            yield text, {"o": order}
        for text in ("Z", "Zaaa"):
            yield f"query ($q: String) {{ {many}(search: $q) {page} }}", {"q": text}
        yield f"{{ {many}(first: 50) {{ nodes {self.leaves(name)} }} }}", {}
        groups = self.types.get(f"{name}GroupBy")
        aggregates = self.types["Query"].fields.get(f"{many}Aggregate")
        for _ in range(2 if groups and aggregates else 0):
            selection = self.leaves(get_named_type(aggregates.type).name, 2)
            variables = {"g": [self.value(groups, 1)], "f": self.value(where, 2)}
            text = (
                f"query ($g: [{name}GroupBy!], $f: {name}Filter) "
                f"{{ {many}Aggregate(groupBy: $g, filter: $f, first: 50) {selection} }}"
            )
            yield text, variables
            yield text, {"g": variables["g"]}


class RandomDocumentsCase(PolicyRecordsCase):
    """Asks for the records of the test in all ways."""

    def documents(self, schema, seed: int) -> Iterator[tuple[str, dict]]:
        draw = random.Random(seed)
        ids = [number for name in TYPES for number in self.own(name).ids]
        documents = Documents(schema, draw, ids)
        for name in ROOTS:
            yield from documents.lists(schema.resources[name])
        for name in ROOTS:
            resource, records = schema.resources[name], self.own(name)
            for record in records[:: max(1, len(records) // 4)]:
                yield f"{{ {resource.single_name}(id: {record.id}) {documents.leaves(name)} }}", {}
        generated = []

        @settings(
            max_examples=6,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(queries(schema))
        def collect(query):
            generated.append(query)

        collect()
        (customer, *_others) = self.own("Customer").ids
        for query in generated:
            yield query, {"yes": True, "few": 5, "id": str(customer)}

    def paths(self, schema) -> Iterator[str]:
        """Yield addresses of REST, of records on both sides of the filters."""
        for name in ROOTS:
            resource = schema.resources[name]
            path = f"/api/{resource.collection}"
            yield f"{path}?total=true"
            yield f"{path}?q=Zaaa&fields=id"
            for number in self.own(name).ids[:3]:
                yield f"{path}/{number}"
        for number in self.own("Customer").ids[:3]:
            yield f"/api/customers/{number}/image_128"
            yield f"/api/customers/{number}/messages"
            yield f"/api/mobile/customer/{number}"
        for number in self.own("SaleOrder").ids[:2]:
            yield f"/api/sale-orders/{number}/report"
        for number in self.own("Attachment").ids[:2]:
            yield f"/api/attachments/{number}/content"
        yield from ("/api", "/api/me", "/api/openapi.json")

    def answer(self, text: str, variables: dict, policy) -> str:
        """Return all that a document gets, as text."""
        self.env.invalidate_all()
        result = self.execute(text, variables, policy=policy)
        for error in result.errors:
            self.assertNotEqual(error["extensions"]["code"], "INTERNAL_SERVER_ERROR", text)
        return json.dumps([result.data, result.errors], default=str)
