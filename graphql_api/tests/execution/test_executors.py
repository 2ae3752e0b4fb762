"""Execution by columns gives the answers of graphql-core's own execution, errors included."""

import base64
import dataclasses
from unittest.mock import patch

from odoo.exceptions import ValidationError

from ...schema.execution.columnar import ColumnarExecutor
from ...schema.execution.executor import Request, execute
from ..cases.executors import NOT_THIS_ONE, ExecutorCase
from ..cases.pictures import PIXEL


class TestExecutors(ExecutorCase):
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
        partners[1].image_1920 = base64.b64encode(PIXEL)
        for name in ("image1920", "formerImage1920"):
            query = f"{{ customers(first: 20) {{ nodes {{ name {name} {{ url size }} }} }} }}"
            data, _errors = self.check(query)
            self.assertTrue(any(node[name] for node in data["customers"]["nodes"]))

    def test_records_of_two_types_that_have_one_id(self):
        """A version is that of the record, not of one above it with another type."""
        shared = set(self.env["res.company"].search([]).ids) & set(
            self.env["res.currency"].search([]).ids
        )
        company = self.env["res.company"].browse(min(shared))
        query = "UPDATE res_company SET currency_id = id, write_date = '2020-01-01' WHERE id = %s"
        self.env.cr.execute(query, [company.id])
        query = f"{{ company(id: {company.id}) {{ id version currency {{ id version }} }} }}"
        data, _errors = self.check(query)
        found = data["company"]
        self.assertEqual(found["id"], found["currency"]["id"])
        self.assertNotEqual(found["version"], found["currency"]["version"])

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
