"""Values that a record needs: what is missing is named, whoever notices it."""

import contextlib

from graphql import GraphQLNonNull, get_named_type, is_required_input_field

from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ...schema.exposure.names import camel_case
from ..cases.writing import WriteCase

SAMPLES = {
    "char": "Zrequired",
    "text": "Zrequired",
    "html": "Zrequired",
    "integer": 1,
    "float": 1.5,
    "monetary": 1.5,
    "date": "2026-01-02",
    "datetime": "2026-01-02T08:00:00Z",
}


class RequiredCase(WriteCase):
    def setUp(self):
        super().setUp()
        self.key(self.login)
        # Odoo logs each statement that PostgreSQL refuses.
        self.enterContext(mute_logger("odoo.sql_db"))

    @property
    def schema(self):
        return self.env["graphql_api.schema"]._get_schema()

    def creatable(self):
        """Return the resources of which clients may create records by themselves."""
        mutations = self.schema.graphql_schema.mutation_type.fields
        return [
            resource
            for resource in self.schema.resources.values()
            if f"create{resource.type_name}" in mutations
        ]

    def sample(self, resource, field, values):
        """Return a value of a field, as both APIs take it, for a record with these values.

        A line gets an open document, and what a list takes is what Odoo offers in it.
        """
        if field.relation:
            target = self.schema.resources[field.relation]
            domain = Domain(list(target.domain))
            if resource.document and field.field == resource.document.field:
                domain &= Domain(list(resource.document.open))
            if field.to_many:
                offered = self.env[resource.model]._fields[field.field].domain
                known = {
                    resource.fields[name].field: int(value)
                    for name, value in values.items()
                    if resource.fields[name].type == "many2one"
                }
                domain &= Domain(safe_eval(offered, known))
            found = self.env[target.model].search(domain, limit=1)
            identifier = str(found.ensure_one().id)
            return {"link": [identifier]} if field.to_many else identifier
        if field.type == "selection":
            return field.selection[0]
        return SAMPLES[field.type]

    def try_to_create(self, api, resource, values):
        """Try to create a record; return the paths to blame, None where it is created."""
        with contextlib.closing(self.env.cr.savepoint()):
            if api == "rest":
                response = self.http("POST", f"/api/{resource.collection}", json=values)
                body = response.json()
                failed, errors = body["status"] == "error", body.get("errors", ())
            else:
                name = f"create{resource.type_name}"
                query = (
                    f"mutation ($input: {resource.type_name}CreateInput!) "
                    f"{{ {name}(input: $input) {{ id }} }}"
                )
                values = {camel_case(key): value for key, value in values.items()}
                response = self.graphql_response(query, {"input": values})
                body = response.json()
                failed = body.get("data") is None
                errors = body["errors"][0]["extensions"].get("errors", ()) if failed else ()
        self.assertLess(response.status_code, 500, response.text)
        if not failed:
            return None
        self.assertTrue(errors, f"{resource.type_name} {values}: {response.text[:1000]}")
        return [error["field"] for error in errors]


@tagged("post_install", "-at_install")
class TestRequiredValues(RequiredCase):
    def required_by_type(self, resource):
        """Return the REST names of what GraphQL itself asks for in a new record."""
        types = self.schema.graphql_schema.type_map
        fields = types[f"{resource.type_name}CreateInput"].fields
        return {
            line.name
            for line in resource.writable_fields
            if line.alias_of is None
            and line.graphql_name in fields
            and is_required_input_field(fields[line.graphql_name])
        }

    def follow(self, api, resource, values):
        """Add what errors ask for until the record is created; return all values."""
        by_name = {field.graphql_name: field for field in resource.fields.values()}
        for _time in range(10):
            blamed = self.try_to_create(api, resource, values)
            if blamed is None:
                return values
            for path in blamed:
                name = path if api == "rest" else path.removeprefix("input.")
                field = by_name[camel_case(name)]
                self.assertEqual(name, field.name if api == "rest" else field.graphql_name)
                self.assertNotIn(field.name, values)
                self.assertTrue(field.writable, f"{resource.type_name}.{name}")
                values = {**values, field.name: self.sample(resource, field, values)}
        self.fail(f"{resource.type_name} cannot be created with {values}")

    def test_errors_lead_to_a_record(self):
        """What is missing is named until nothing is; each value left out in turn is named."""
        for resource in self.creatable():
            asked = self.required_by_type(resource)
            start = {name: self.sample(resource, resource.fields[name], {}) for name in asked}
            for api, values in (("rest", {}), ("graphql", start)):
                with self.subTest(resource.type_name, api=api):
                    needed = self.follow(api, resource, values)
                    for name in set(needed) - (asked if api == "graphql" else set()):
                        others = {key: value for key, value in needed.items() if key != name}
                        blamed = self.try_to_create(api, resource, others)
                        if blamed is not None:
                            field = resource.fields[name]
                            expected = name if api == "rest" else f"input.{field.graphql_name}"
                            self.assertIn(expected, blamed)

    def test_no_list_is_required(self):
        """Lists are what Odoo fills, and what a client may leave out: of any input."""
        types = self.schema.graphql_schema.type_map
        for resource in self.schema.resources.values():
            for suffix in ("CreateInput", "UpdateInput", "NestedUpdateInput"):
                cls = types.get(f"{resource.type_name}{suffix}")
                for name, field in cls.fields.items() if cls else ():
                    if get_named_type(field.type).name.endswith("Input"):
                        self.assertNotIsInstance(field.type, GraphQLNonNull, f"{cls}.{name}")

    def test_product_template(self):
        """Its variants are made by Odoo."""
        template = self.write_rest(
            "POST", "/api/product-templates?fields=name,variants.name", {"name": "T"}, status=201
        )
        self.assertEqual(template, {"name": "T", "variants": [{"name": "T"}]})
        data = self.graphql(
            'mutation { createProductTemplate(input: {name: "T"}) { variants { name } } }'
        )
        self.assertEqual(data, {"createProductTemplate": {"variants": [{"name": "T"}]}})

    def test_value_of_nested_records(self):
        """The path leads to the record, or to the list where several may be meant."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Z"}).id,
                "order_line": [Command.create({"name": "a", "display_type": "line_note"})],
            }
        )
        path = f"/api/sale-orders/{order.id}"
        query = """mutation ($id: ID!, $input: SaleOrderUpdateInput!) {
          updateSaleOrder(id: $id, input: $input) { id } }"""
        for lines, blamed in (
            ([{}], "order_lines.create.0.name"),
            ([{"name": "Z", "display_type": "line_note"}, {}], "order_lines.create.1.name"),
            ([{}, {}], "order_lines.create.name"),
        ):
            values = {"order_lines": {"create": lines}}
            self.refuse_rest(
                "PATCH", path, values, status=422, code="VALIDATION_FAILED", fields=[blamed]
            )
            lines = [{camel_case(name): value for name, value in line.items()} for line in lines]
            values = {"orderLines": {"create": lines}}
            self.refuse_graphql(
                query,
                {"id": order.id, "input": values},
                code="VALIDATION_FAILED",
                fields=["input.orderLines" + blamed.removeprefix("order_lines")],
            )

    def test_several_records(self):
        self.refuse_rest("POST", "/api/leads", [{"name": "Z"}, {}], status=422, fields=["1.name"])
        query = "mutation ($inputs: [LeadCreateInput!]!) { createLeads(inputs: $inputs) { id } }"
        inputs = [{"name": "Z"}, {}]
        self.refuse_graphql(
            query, {"inputs": inputs}, code="VALIDATION_FAILED", fields=["inputs.1.name"]
        )

    def test_value_that_is_cleared(self):
        """What Odoo would keep empty breaks a rule of the database."""
        customer = self.env["res.partner"].create({"name": "Z"})
        self.refuse_rest(
            "PATCH", f"/api/customers/{customer.id}", {"name": None}, status=422, fields=["name"]
        )
        query = "mutation ($id: ID!) { updateCustomer(id: $id, input: {name: null}) { id } }"
        self.refuse_graphql(
            query, {"id": customer.id}, code="VALIDATION_FAILED", fields=["input.name"]
        )

    def test_value_that_is_not_shown(self):
        """A field that no resource shows is not named."""
        lines = self.env["graphql_api.resource.field"].search(
            [("resource_id.type_name", "=", "Lead"), ("field_name", "=", "name")]
        )
        lines.active = False
        body = self.refuse_rest("POST", "/api/leads", {}, status=422, code="VALIDATION_FAILED")
        self.assertNotIn("errors", body)
        self.assertNotIn("name", body["message"])
