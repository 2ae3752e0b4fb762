"""Generated filters find what Odoo's own search finds for the same condition."""

import re
from datetime import date, datetime

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...schema.reading.ordering import CREATE_DATE_FIELD, ID_FIELD, WRITE_DATE_FIELD
from ..cases.api import ApiCase


class Operands:
    """Values for conditions: half of them from the data, half not."""

    texts = st.sampled_from(["", "a", "A", "%", "_", "\\", "é", "a%", "Be", "S0", " ", "'", '"'])

    def __init__(self, values):
        self.values = [value for value in values if value not in (None, False, "")]

    def of(self, strategy, convert):
        if not self.values:
            return strategy
        return st.one_of(st.sampled_from(self.values).map(convert), strategy)

    def strategy(self, scalar: str):
        """Return (value for the filter, value for the domain) pairs of a GraphQL scalar."""
        if scalar == "String":
            parts = st.builds(lambda text, start: text[start : start + 4], self.texts, st.just(0))
            existing = self.of(parts, str)
            return st.one_of(existing, existing.map(lambda text: text[:3])).map(lambda x: (x, x))
        if scalar == "Boolean":
            return st.booleans().map(lambda x: (x, x))
        if scalar in ("Int", "BigInt"):
            return self.of(st.integers(-5, 300), int).map(lambda x: (x, x))
        if scalar == "Float":
            numbers = st.sampled_from([0.0, -1.5, 0.01, 50.0, 1000.0, 1e9])
            return self.of(numbers, float).map(lambda x: (x, x))
        if scalar == "ID":
            return self.of(st.just(2147483647), int).map(lambda x: (str(x), x))
        if scalar == "Date":
            days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
            return self.of(days, lambda x: x).map(lambda x: (x.isoformat(), x.isoformat()))
        if scalar == "DateTime":
            moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
            return self.of(moments, lambda x: x).map(
                lambda x: (f"{x:%Y-%m-%dT%H:%M:%SZ}", f"{x:%Y-%m-%d %H:%M:%S}")
            )
        return self.of(st.nothing(), str).map(lambda x: (x, x))


@tagged("generated")
class TestGeneratedFilters(ApiCase):
    """Filters from the schema's input types, beside a domain that is made independently.

    Relations in the domain are replaced by the ids that a search of their own gives. What has no
    condition, as if its variables had been left out, has None for a domain.
    """

    domain_operators = {
        "eq": "=", "ne": "!=", "in": "in", "notIn": "not in",
        "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
    }  # fmt: skip
    patterns = {"contains": "%{}%", "startsWith": "{}%", "endsWith": "%{}"}

    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.types = self.schema.graphql_schema.type_map
        self._operands = {}
        self._strategies = {}

    def check(self, type_name, login, examples):
        user = self.user(login)
        self.reader = self.env(user=user, su=False, context={"lang": "en_US", "tz": user.tz})
        self._operands.clear()
        resource = self.schema.resources[type_name]
        model = self.reader[resource.model]
        everything = model.search(list(resource.domain))
        query = (
            f"query ($filter: {type_name}Filter) {{ page: {resource.list_name}"
            "(filter: $filter, first: 1000, orderBy: [{id: ASC}]) { nodes { id } } }"
        )
        sizes = []

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(self.filters(resource, 3))
        def compare(pair):
            where, domain = pair
            domain = domain or []
            result = self.execute(query, {"filter": where}, login=login)
            self.assertFalse(result.errors, where)
            found = [int(node["id"]) for node in result.data["page"]["nodes"]]
            expected = model.search([*resource.domain, *domain], order="id")
            self.assertEqual(found, expected.ids, (where, domain))
            self.assertEqual(found, sorted(everything.filtered_domain(domain).ids), (where, domain))
            sizes.append(len(found))

        compare()
        # Filters that find nothing or everything would prove little.
        telling = [size for size in sizes if 0 < size < len(everything)]
        self.assertGreater(len(telling), len(sizes) // 20)

    def filters(self, resource, depth):
        """Return a strategy of (filter, domain) pairs, made once."""
        key = (resource.type_name, depth)
        if key not in self._strategies:
            self._strategies[key] = self.new_filters(resource, depth)
        return self._strategies[key]

    def new_filters(self, resource, depth):
        input_type = self.types[f"{resource.type_name}Filter"]
        choices = []
        for name, field in self.offered(resource, input_type).items():
            if field.relation is None:
                choices.append(self.comparison(resource, name, field.field, input_type))
            elif depth > 1:
                choices.append(self.relation(resource, name, field, depth))
        single = st.one_of(choices)
        if depth == 1:
            return single
        deeper = st.deferred(lambda: self.filters(resource, depth - 1))
        several = st.lists(deeper, max_size=3)
        return st.one_of(
            single,
            st.tuples(single, single).map(self.merged),
            several.map(lambda pairs: ({"and": [w for w, _ in pairs]}, self.all_of(pairs))),
            several.map(lambda pairs: ({"or": [w for w, _ in pairs]}, self.one_of(pairs))),
            deeper.map(lambda pair: ({"not": pair[0]}, self.none_of(pair[1]))),
        )

    def offered(self, resource, input_type):
        """Return the conditions that the reader may use."""
        known = self.reader[resource.model].fields_get(attributes=["type"])
        fields = [ID_FIELD, CREATE_DATE_FIELD, WRITE_DATE_FIELD, *resource.fields.values()]
        by_name = {field.graphql_name: field for field in fields}
        offered = {}
        for name in input_type.fields:
            field = by_name.get(name)
            if field is None or field.field not in known:
                continue
            if field.relation is None or self.target(field).has_access("read"):
                offered[name] = field
        return offered

    def target(self, field):
        return self.reader[self.schema.resources[field.relation].model]

    def comparison(self, resource, name, odoo_name, input_type):
        operator_type = input_type.fields[name].type
        operands = self.operands(resource, odoo_name)
        choices = [st.just(({name: {}}, None))]
        for operator, field in operator_type.fields.items():
            scalar = str(field.type).strip("[]!")
            many = str(field.type).startswith("[")
            pairs = operands.strategy(scalar)
            if pairs.is_empty:
                continue
            if many:
                pairs = st.lists(pairs, max_size=4).map(
                    lambda items: ([a for a, _ in items], [b for _, b in items])
                )
            elif operator in ("eq", "ne") and "isNull" in operator_type.fields:
                pairs = st.one_of(st.just((None, False)), pairs)
            choices.append(
                pairs.map(
                    lambda pair, operator=operator: (
                        {name: {operator: pair[0]}},
                        [self.leaf(odoo_name, operator, pair[1])],
                    )
                )
            )
        return st.one_of(choices)

    def operands(self, resource, odoo_name):
        """Return operands for a field, with the values that the reader sees in it."""
        key = (resource.model, odoo_name)
        if key not in self._operands:
            records = self.reader[resource.model].search([], limit=300)
            values = [row[odoo_name] for row in records.read([odoo_name])]
            self._operands[key] = Operands(dict.fromkeys(values))
        return self._operands[key]

    def leaf(self, odoo_name, operator, value):
        if operator == "isNull":
            return (odoo_name, "=" if value else "!=", False)
        if operator in self.patterns:
            if not value:
                return (1, "=", 1)
            escaped = re.sub(r"([\\%_])", r"\\\1", value)
            return (odoo_name, "=ilike", self.patterns[operator].format(escaped))
        return (odoo_name, self.domain_operators[operator], value)

    def relation(self, resource, name, field, depth):
        target = self.schema.resources[field.relation]
        model = self.target(field)
        below = st.deferred(lambda: self.filters(target, depth - 1))

        def ids(domain, archived):
            found = model.with_context(active_test=not archived)
            return found.search([*target.domain, *domain]).ids

        def related(operator, domain, archived):
            if domain is None:
                return None
            return [(field.field, operator, ids(domain, archived))]

        def on_key(where):
            ((operator, operand),) = where["id"].items() or [(None, None)]
            if operator is None:
                return None
            if operator == "isNull":
                return [(field.field, "=" if operand else "!=", False)]
            if operand is None:
                return [(field.field, self.domain_operators[operator], False)]
            operand = list(map(int, operand)) if isinstance(operand, list) else int(operand)
            if operator in ("ne", "notIn"):
                equal = self.domain_operators["eq" if operator == "ne" else "in"]
                return related("not in", [("id", equal, operand)], True)
            return related("in", [("id", self.domain_operators[operator], operand)], True)

        if field.to_many:
            return st.one_of(
                below.map(lambda pair: ({name: {"some": pair[0]}}, related("in", pair[1], False))),
                below.map(
                    lambda pair: ({name: {"none": pair[0]}}, related("not in", pair[1], False))
                ),
            )
        keys = self.comparison(target, "id", "id", self.types[f"{target.type_name}RelationFilter"])
        keys = keys.map(lambda pair: (pair[0], on_key(pair[0])))
        return st.one_of(
            st.booleans().map(
                lambda value: (
                    {name: {"isNull": value}},
                    [(field.field, "=" if value else "!=", False)],
                )
            ),
            keys.map(lambda pair: ({name: pair[0]}, pair[1])),
            below.map(lambda pair: ({name: pair[0]}, self.other_end(related, on_key, pair))),
        )

    def other_end(self, related, on_key, pair):
        """Return the domain of a relation's filter that may be one of the other record's id."""
        where, domain = pair
        if "id" not in where:
            return related("in", domain, True)
        key = on_key({"id": where["id"]})
        rest = [item for item in domain or [] if not (isinstance(item, tuple) and item[0] == "id")]
        if not rest:
            return key
        return [*(key or []), *related("in", rest, True)]

    def merged(self, pairs):
        """Return two conditions side by side in one filter, as all of them."""
        (first, first_domain), (second, second_domain) = pairs
        if set(first) & set(second):
            return first, first_domain
        if first_domain is None or second_domain is None:
            return first | second, first_domain or second_domain
        return first | second, [*first_domain, *second_domain]

    def as_one(self, domain):
        """Return a domain as one operand for the prefix operators."""
        if not domain:
            return [(1, "=", 1)]
        terms = sum(isinstance(item, tuple) for item in domain)
        operators = sum(item in ("&", "|") for item in domain if isinstance(item, str))
        return ["&"] * (terms - operators - 1) + domain

    def conditions(self, pairs):
        """Return what is left without those of no condition, None where nothing is."""
        domains = [domain for _, domain in pairs if domain is not None]
        return domains if domains or not pairs else None

    def all_of(self, pairs):
        domains = self.conditions(pairs)
        if domains is None:
            return None
        return [item for domain in domains for item in self.as_one(domain)] or [(1, "=", 1)]

    def none_of(self, domain):
        return None if domain is None else ["!", *self.as_one(domain)]

    def one_of(self, pairs):
        domains = self.conditions(pairs)
        if domains is None:
            return None
        if not domains:
            return [(0, "=", 1)]
        domains = [self.as_one(domain) for domain in domains]
        return ["|"] * (len(domains) - 1) + [item for domain in domains for item in domain]

    def test_customers(self):
        self.check("Customer", "admin", 60)

    def test_sale_orders(self):
        self.check("SaleOrder", "admin", 60)

    def test_products(self):
        self.check("Product", "admin", 60)

    def test_countries(self):
        self.check("Country", "admin", 60)

    def test_sale_orders_of_a_user_with_few_rights(self):
        self.check("SaleOrder", "demo", 60)

    def test_leads_of_a_user_with_few_rights(self):
        self.check("Lead", "demo", 60)
