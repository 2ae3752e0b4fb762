"""Execution by columns gives the answers of graphql-core's own execution, errors included."""

import dataclasses
import datetime
import re
from unittest.mock import patch

import orjson
import strawberry
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strawberry.permission import BasePermission

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...schema.execution.columnar import ColumnarExecutor, TransactionalExecutor
from ...schema.execution.executor import Request, execute
from ...schema.exposure.errors import ApiError
from ...schema.extension import batch_field, resource_type
from ..cases.access import AccessCase
from ..cases.input_strategies import PICTURE
from ..cases.query_strategies import queries

CASES = 2000

NOT_THIS_ONE = "Not this one."

FORMER_NAMES = {
    "Customer": ("ref", "type", "country_id", "child_ids", "image_1920"),
    "SaleOrder": ("state", "partner_id", "order_line"),
}
"""Type -> Odoo fields that have a former name, too."""


class OddOnes(BasePermission):
    message = NOT_THIS_ONE

    def has_permission(self, source, info, **kwargs):
        return source.id % 2 == 1


@strawberry.type
class Resolvers:
    """Fields of an addon on Customer, which fail in all the ways that there are."""

    @strawberry.field
    def greeting(self) -> str:
        return f"Hello {self.name}"

    @strawberry.field
    def refused(self) -> str | None:
        raise ApiError("CONFLICT", f"Not {self.id}.")

    @strawberry.field
    def sometimes_refused(self) -> str:
        if self.id % 3 == 0:
            raise ValidationError(NOT_THIS_ONE)
        return "ok"

    @strawberry.field
    def sometimes_null(self) -> int:
        return None if self.id % 4 == 0 else self.id

    @strawberry.field
    def numbers(self) -> list[int]:
        return [self.id, "nonsense" if self.id % 5 == 0 else 2]


Customer = resource_type("Customer")


@strawberry.input
class Factor:
    number: int = 2


@strawberry.type
class Place:
    street: str | None
    partner: strawberry.Private[object]

    @strawberry.field
    def owner(self) -> Customer | None:
        return self.partner


@strawberry.type
class Batches:
    """Fields that are resolved for many records at once, which fail in all the ways that there are.

    What is refused for some is refused by their ids: it does not depend on who is asked for first.
    """

    @batch_field
    def turnover(records, info: strawberry.Info, factor: Factor | None = None) -> list[float]:
        number = factor.number if factor else 1
        return [record.id * number for record in records]

    @batch_field
    def days(records, info: strawberry.Info) -> list[list[datetime.date | None] | None]:
        return [[record.create_date.date(), None] if record.id % 3 else None for record in records]

    @batch_field
    def refused_for_all(records, info: strawberry.Info) -> list[str | None]:
        raise ApiError("CONFLICT", "Not these.")

    @batch_field
    def refused_for_some(records, info: strawberry.Info) -> list[str]:
        refused = ApiError("CONFLICT", NOT_THIS_ONE)
        return [refused if record.id % 3 == 0 else "ok" for record in records]

    @batch_field
    def too_few(records, info: strawberry.Info) -> list[str | None]:
        return []

    @batch_field
    def places(records, info: strawberry.Info) -> list[list[Place]]:
        return [[Place(street=record.street or None, partner=record)] for record in records]

    @batch_field
    def leader(records, info: strawberry.Info) -> list[Customer | None]:
        return [record.sudo().commercial_partner_id for record in records]

    @batch_field
    def guardian(records, info: strawberry.Info) -> list[Customer]:
        return [record.sudo().parent_id for record in records]

    @batch_field
    def namesakes(records, info: strawberry.Info) -> list[list[Customer]]:
        refused = ApiError("CONFLICT", NOT_THIS_ONE)
        found = records.sudo().search([], limit=7)
        return [refused if record.id % 3 == 0 else found - record for record in records]

    @batch_field(permission_classes=[OddOnes])
    def for_odd_ones(records, info: strawberry.Info) -> list[str | None]:
        return [f"I am {record.id}" for record in records]


@tagged("generated")
class TestExecutors(AccessCase):
    login = "demo"

    def setUp(self):
        super().setUp()
        self.extend_schema(lambda parts: parts.fields["Customer"].extend([Resolvers, Batches]))
        for type_name, names in FORMER_NAMES.items():
            for line in self.lines(type_name, *names):
                line.former_names = f"former_{line.rest_name}"
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.forbid_fields("res.partner", "ref", "child_ids", "country_id")
        self.forbid_fields("sale.order", "client_order_ref")
        orders = self.env["sale.order"].search([], limit=6)
        self.hide(orders[1].partner_id, orders[2], self.env.ref("base.us"))
        # What goes wrong in the resolvers is logged with a traceback.
        self.quiet_log = mute_logger("odoo.addons.graphql_api.schema.exposure.errors")
        self.ids = self.env["res.partner"].search([], limit=8).ids

    def answer(self, query, variables, executor_class):
        """Return what the user gets, as it is sent; caches hold nothing from before."""
        self.env.invalidate_all()
        env = self.env(user=self.user(self.login), su=False, context={"lang": "en_US"})
        context = self.schema.context(env)
        with self.quiet_log:
            result = execute(self.schema, context, Request(query, variables), executor_class)
        causes = [f"{type(cause).__name__}: {cause}" for cause in result.causes]
        text = orjson.dumps([result.data, result.errors, causes]).decode()
        return re.sub(r"as [0-9a-f]{12} in the log", "in the log", text)

    def check(self, query, variables=None):
        stock = self.answer(query, variables, TransactionalExecutor)
        columnar = self.answer(query, variables, ColumnarExecutor)
        self.assertEqual(orjson.loads(columnar), orjson.loads(stock), query)
        self.assertEqual(columnar, stock, "the same order of keys and errors")
        return orjson.loads(stock)[:2]

    def test_generated_queries(self):
        seen = {"data": 0, "errors": 0, "refused": 0}

        @settings(
            max_examples=CASES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(queries(self.schema), st.booleans(), st.integers(0, 7), st.sampled_from(self.ids))
        def check(query, yes, few, record_id):
            data, errors = self.check(query, {"yes": yes, "few": few, "id": str(record_id)})
            seen["data"] += bool(data)
            seen["errors"] += bool(errors)
            seen["refused"] += data is None

        check()
        # The strategies would prove little if most of what they make were refused.
        self.assertGreater(seen["data"], CASES * 0.8)
        self.assertGreater(seen["errors"], CASES * 0.1)
        self.assertLess(seen["refused"], CASES * 0.2)

    def test_failing_resolvers(self):
        for field in ("greeting", "refused", "sometimesRefused", "sometimesNull", "numbers"):
            for shape in ("nodes { %s }", "edges { node { %s } }", "nodes { parent { %s } id }"):
                selection = shape % f"id {field} name"
                with self.subTest(field, selection=selection):
                    self.check(f"{{ customers(first: 20) {{ {selection} }} }}")

    def test_batch_fields(self):
        for field in (
            "turnover",
            "turnover(factor: {number: 3})",
            "a: turnover b: turnover(factor: {}) turnover",
            "days",
            "refusedForAll",
            "refusedForSome",
            "tooFew",
            "places { street owner { name ref country { code } } __typename }",
            "leader { id name ref }",
            "guardian { id name }",
            "namesakes { name country { name } turnover guardian { id } }",
            "forOddOnes",
        ):
            for shape in ("nodes { %s }", "edges { node { %s } }", "nodes { parent { %s } id }"):
                selection = shape % f"id {field} name"
                with self.subTest(field, selection=selection):
                    data, errors = self.check(f"{{ customers(first: 20) {{ {selection} }} }}")
                    self.assertTrue(data or errors)

    def test_files(self):
        partners = self.env["res.partner"].browse(self.ids)
        partners[1].image_1920 = PICTURE
        for name in ("image1920", "formerImage1920"):
            query = f"{{ customers(first: 20) {{ nodes {{ name {name} {{ url size }} }} }} }}"
            data, _errors = self.check(query)
            self.assertTrue(any(node[name] for node in data["customers"]["nodes"]))

    def test_a_record_that_many_records_lead_to(self):
        """Its errors are at every place where it stands."""
        query = """{ saleOrders(first: 30) { nodes {
            customer { id ref refused country { name } user { name } company { name } } } } }"""
        _data, errors = self.check(query)
        paths = [tuple(error["path"]) for error in errors]
        self.assertEqual(len(paths), len(set(paths)))
        self.assertGreater(len({path[2] for path in paths}), 10)

    def test_a_selection_that_has_left_its_field(self):
        partner = self.env["res.partner"].browse(self.ids[0])
        self.env.cr.execute("UPDATE res_partner SET type = 'gone' WHERE id = %s", [partner.id])
        query = "query ($id: ID!) { customer(id: $id) { name type } }"
        _data, errors = self.check(query, {"id": str(partner.id)})
        self.assertEqual(errors[0]["path"], ["customer", "type"])

    def test_a_computation_that_fails_for_one_record(self):
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        self.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "contact_address"}
        )
        self.schema = self.env["graphql_api.schema"]._get_schema()
        failing = self.ids[2]

        def compute(records):
            for record in records:
                if record.id == failing:
                    raise ValidationError(NOT_THIS_ONE)
                record.contact_address = f"Street {record.id}"

        model = self.env.registry["res.partner"]
        with patch.object(model, "_compute_contact_address", compute):
            self.check("{ customers(first: 20) { nodes { id contactAddress } } }")

    def test_it_is_used(self):
        """An incompatible graphql-core or Strawberry would bypass it unnoticed."""
        calls = []

        def counting(key, loader):
            def load(context, records, columns, arguments):
                calls.append((*key, len(records)))
                return loader.load(context, records, columns, arguments)

            return dataclasses.replace(loader, load=load)

        loaders = {key: counting(key, loader) for key, loader in self.schema.loaders.items()}
        query = """{ customers(first: 5) { nodes { id name parent { name } turnover } }
            saleOrders(first: 3) { edges { node { orderLines(first: 2) { name } } } } }"""
        schema = dataclasses.replace(self.schema, loaders=loaders)
        context = schema.context(self.env)
        execute(schema, context, Request(query), ColumnarExecutor)
        for call in [
            ("Customer", "name", 5),
            ("Customer", "parent", 5),
            ("Customer", "turnover", 5),
            ("SaleOrder", "orderLines", 3),
        ]:
            self.assertEqual(calls.count(call), 1, call)
        self.assertEqual(sum(call[:2] == ("SaleOrderLine", "name") for call in calls), 1)
