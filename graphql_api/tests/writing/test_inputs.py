"""What an input writes: every type of value, defaults, rights, and what Odoo does with it."""

import base64

from odoo.tests import tagged

from ...schema.exposure.names import camel_case
from ..cases.inputs import InputCase
from ..cases.pictures import PIXEL

VALUES = {
    ("Customer", "customers"): {
        "name": [("Zoë ✓", "Zoë ✓"), ("Second", "Second")],
        "phone": [("033", "033"), ("044", "044"), None],
        "comment": [
            ("<p>Hello <b>you</b></p><script>x()</script>", "<p>Hello <b>you</b></p>"),
            ("<p>Bye</p>", "<p>Bye</p>"),
            None,
        ],
        "partner_latitude": [(50.12345678, 50.1234568), (-1, -1.0), 0.0],
        "is_company": [(True, True), (False, False), False],
        "type": [("invoice", "invoice"), ("delivery", "delivery"), None],
        "lang": [("fr_FR", "fr_FR"), ("nl_NL", "nl_NL")],
    },
    ("CustomerTag", "customer-tags"): {
        "color": [(7, 7), (2**31 - 1, 2**31 - 1), 0],
        "active": [(False, False), (True, True)],
    },
    ("Lead", "leads"): {
        "expected_revenue": [(10.25, 10.25), (3, 3.0), 0.0],
        "date_deadline": [("2026-11-23", "2026-11-23"), ("1999-02-28", "1999-02-28"), None],
        "priority": [("2", "2"), ("0", "0"), None],
        "contact_name": [("  spaces ", "  spaces "), ("second", "second"), None],
    },
    ("Product", "products"): {
        "description_sale": [("two\nlines", "two\nlines"), ("one", "one"), None],
        "weight": [(1.239, 1.24), (2, 2.0), 0.0],
        "list_price": [(9.99, 9.99), (0, 0.0), 0.0],
    },
    ("SaleOrder", "sale-orders"): {
        "commitment_date": [
            ("2026-11-23T10:00:00+02:00", "2026-11-23T08:00:00Z"),
            ("2026-11-23T08:00:00.987Z", "2026-11-23T08:00:00Z"),
            None,
        ],
        "validity_date": [("2026-12-31", "2026-12-31"), ("2027-01-01", "2027-01-01"), None],
    },
}
"""(type, collection) -> field -> two values, as (sent, shown), and what null leaves if allowed."""


@tagged("post_install", "-at_install")
class TestValues(InputCase):
    """Written by either API, shown by the same and by the other one."""

    def test_every_type(self):
        for write in (self.write_by_graphql, self.write_by_rest):
            for (type_name, collection), fields in VALUES.items():
                with self.subTest(type_name, write=write.__name__):
                    number = None
                    for turn in (0, 1):
                        sent = {name: values[turn][0] for name, values in fields.items()}
                        shown = {
                            camel_case(name): values[turn][1] for name, values in fields.items()
                        }
                        number, answer = write(type_name, collection, number, sent)
                        self.assertEqual(answer, shown)
                        self.assertEqual(self.shown(type_name, number, *fields), shown)

    def test_null_clears_and_absent_is_untouched(self):
        for write in (self.write_by_graphql, self.write_by_rest):
            for (type_name, collection), fields in VALUES.items():
                first = {name: values[0][0] for name, values in fields.items()}
                number, before = write(type_name, collection, None, first)
                for name, values in fields.items():
                    if len(values) < 3:
                        continue
                    with self.subTest(name, type=type_name, write=write.__name__):
                        # Odoo wants a name for the type of a contact, and derives other fields.
                        write(type_name, collection, number, {name: None})
                        before[camel_case(name)] = values[2]
                        self.assertEqual(self.shown(type_name, number, *fields), before)

    def test_empty_text_is_null(self):
        for empty in ("", None):
            self.customer.phone = "033"
            self.assertEqual(
                self.write_rest("PATCH", f"{self.path}?fields=phone", {"phone": empty}),
                {"phone": None},
            )
            self.assertIs(self.customer.phone, False)

    def test_many2one(self):
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        for sent in (str(belgium.id), belgium.id):
            shown = self.created("Customer", {"name": "Z", "country": sent}, "country { code }")
            self.assertEqual(shown, {"country": {"code": "BE"}})
        path = f"{self.path}?fields=country"
        for sent in (france.id, str(france.id)):
            shown = self.write_rest("PATCH", path, {"country": sent})
            self.assertEqual(shown, {"country": {"id": france.id, "name": "France"}})
        self.write_rest("PATCH", path, {"phone": "1"})
        self.assertEqual(self.customer.country_id, france)
        self.assertEqual(self.write_rest("PATCH", path, {"country": None}), {"country": None})
        self.assertFalse(self.customer.country_id)

    def test_files(self):
        """Base64 in an input, for images and for other files; null removes them."""
        text = base64.b64encode(PIXEL).decode()
        shown = self.created("Customer", {"name": "Z", "image1920": text}, "id image1920 { url }")
        self.assertEqual(self.http("GET", shown["image1920"]["url"]).content, PIXEL)
        for prefix in ("data:image/png;base64,", "DATA:;BASE64,", "data:text/plain;x=y;base64,"):
            sent = {"image1920": prefix + text}
            other = self.created("Customer", {"name": "Z", **sent}, "image1920 { url mimetype }")
            self.assertEqual(other["image1920"]["mimetype"], "image/png")
            self.assertEqual(self.http("GET", other["image1920"]["url"]).content, PIXEL)
            self.write_rest("PATCH", self.path, {"image_1920": prefix + text})
            self.assertEqual(base64.b64decode(self.customer.image_1920), PIXEL)
        shown = self.update("Customer", shown["id"], {"image1920": None}, "image1920 { url }")
        self.assertEqual(shown, {"image1920": None})
        content = bytes(range(256))
        body = {"name": "all bytes", "content": base64.b64encode(content).decode()}
        shown = self.write_rest("POST", "/api/attachments?fields=content", body, status=201)
        self.assertEqual(shown["content"]["size"], 256)
        self.assertEqual(self.http("GET", shown["content"]["url"]).content, content)

    def test_properties(self):
        """By name, or as they are read."""
        definition = self.customer.properties_base_definition_id
        definition.sudo().properties_definition = [
            {"name": "size", "type": "char", "string": "Size"},
            {"name": "count", "type": "integer", "string": "Count"},
        ]

        def values(properties):
            return {item["name"]: item.get("value") for item in properties}

        shown = self.update(
            "Customer", self.customer.id, {"properties": {"size": "L", "count": 3}}, "properties"
        )
        self.assertEqual(values(shown["properties"]), {"size": "L", "count": 3})
        path = f"{self.path}?fields=properties"
        shown = self.write_rest("PATCH", path, {"properties": {"size": None, "count": 3}})
        self.assertEqual(values(shown["properties"])["count"], 3)
        self.assertFalse(values(shown["properties"])["size"])
        again = [
            {**item, "value": "XL"} if item["name"] == "size" else item
            for item in shown["properties"]
        ]
        shown = self.write_rest("PATCH", path, {"properties": again})
        self.assertEqual(values(shown["properties"]), {"size": "XL", "count": 3})
        self.assertEqual(self.customer.properties["size"], "XL")


@tagged("post_install", "-at_install")
class TestRequired(InputCase):
    def test_schema(self):
        """A new record needs what Odoo has no default for; a change needs nothing."""
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        for name, field, expected in (
            ("ProjectCreateInput", "name", "String!"),
            ("ProjectUpdateInput", "name", "String"),
            ("SaleOrderCreateInput", "customer", "ID"),
            ("SaleOrderCreateInput", "dateOrder", "DateTime"),
            ("SaleOrderLineCreateInput", "order", "ID"),
            ("SaleOrderLineUpdateInput", "order", "ID"),
            ("SaleOrderLineNestedUpdateInput", "id", "ID!"),
            ("CustomerTagCreateInput", "name", "String!"),
            ("CustomerTagUpdateInput", "name", "String"),
            ("ProductCreateInput", "template", "ID"),
            ("ProductCreateInput", "name", "String"),
        ):
            self.assertEqual(str(types[name].fields[field].type), expected, f"{name}.{field}")

    def test_missing(self):
        self.refuse_graphql(
            "mutation { createCustomerTag(input: {}) { id } }", code="GRAPHQL_VALIDATION_FAILED"
        )
        self.refuse_graphql(
            "mutation { createSaleOrder(input: {}) { id } }",
            code="BAD_USER_INPUT",
            fields=["input.customer"],
        )
        self.refuse_rest("POST", "/api/sale-orders", {}, status=400, fields=["customer"])
        self.refuse_rest(
            "POST", "/api/customer-tags", [{"name": "a"}, {}], status=400, fields=["1.name"]
        )

    def test_record_behind_another(self):
        """A product makes its template, whose name it needs, or is one of a template's own."""
        self.refuse_rest("POST", "/api/products", {}, status=400, fields=["name"])
        self.refuse_rest("POST", "/api/products", {"name": ""}, status=400, fields=["name"])
        shown = self.created("Product", {"name": "Zchair"}, "name template { id name }")
        self.assertEqual((shown["name"], shown["template"]["name"]), ("Zchair", "Zchair"))
        template = self.env["product.template"].browse(int(shown["template"]["id"]))
        template.product_variant_ids.active = False
        shown = self.created("Product", {"template": template.id}, "id name")
        self.assertEqual(shown["name"], "Zchair")
        self.assertEqual(template.product_variant_ids.ids, [int(shown["id"])])

    def test_parent_of_a_nested_record(self):
        """Alone a line needs its order; within the order's list it has it, and takes no other."""
        line = {"name": "Note", "display_type": "line_note"}
        self.refuse_rest("POST", "/api/sale-order-lines", line, status=400, fields=["order"])
        self.refuse_graphql(
            'mutation { createSaleOrderLine(input: { name: "x" }) { id } }',
            code="BAD_USER_INPUT",
            fields=["input.order"],
        )
        order = {"customer": self.customer.id, "order_lines": {"create": [line]}}
        created = self.write_rest("POST", "/api/sale-orders?fields=id", order, status=201)
        lines = self.env["sale.order"].browse(created["id"]).order_line
        self.assertEqual(lines.mapped("name"), ["Note"])
        line["order"] = created["id"]
        self.refuse_rest(
            "POST",
            "/api/sale-orders",
            order,
            status=400,
            fields=["order_lines.create.0.order"],
        )

    def test_cleared(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        tag = self.env["res.partner.category"].create({"name": "Ztag"})
        self.refuse_rest(
            "PATCH",
            f"/api/sale-orders/{order.id}",
            {"customer": None, "date_order": None},
            status=400,
            fields=["customer", "date_order"],
        )
        for empty in ("null", '""'):
            query = (
                f"mutation {{ updateCustomerTag(id: {tag.id}, input: {{name: {empty}}}) {{ id }} }}"
            )
            self.refuse_graphql(query, code="BAD_USER_INPUT", fields=["input.name"])

    def test_defaults_of_the_resource(self):
        """They count where the client sends nothing, nested records included."""
        invoice = self.created("Invoice", {"customer": self.customer.id}, "moveType")
        self.assertEqual(invoice, {"moveType": "out_invoice"})
        self.env["graphql_api.resource"].search([("type_name", "=", "Customer")]).defaults = {
            "function": "Boss"
        }
        data = self.write_rest(
            "POST",
            "/api/customers?fields=function,children.function",
            {"name": "a", "children": {"create": [{"name": "b"}, {"name": "c", "function": "X"}]}},
            status=201,
        )
        self.assertEqual(data["function"], "Boss")
        self.assertEqual({child["function"] for child in data["children"]}, {"Boss", "X"})
