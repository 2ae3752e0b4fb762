"""Upserts in the lists of inputs: sent twice, a list is there once."""

from odoo.fields import Command
from odoo.tests import tagged

from ...schema.writing.list_inputs import MAX_LISTED_RECORDS
from ..cases.writing import WriteCase

UPSERT_ORDER = """mutation ($input: SaleOrderCreateInput!) {
  upsertSaleOrder(by: {externalId: "zshop.order_1"}, input: $input) {
    id orderLines { id name quantity } } }"""
UPDATE_ORDER = """mutation ($id: ID!, $input: SaleOrderUpdateInput!) {
  updateSaleOrder(id: $id, input: $input) { id } }"""
UPDATE = """mutation ($id: ID!, $input: CustomerUpdateInput!) {
  updateCustomer(id: $id, input: $input) { id } }"""


def keyed(name: str, /, **values) -> dict:
    """Return an upsert by an external id of the shop."""
    return {"by": {"externalId": f"zshop.{name}"}, "input": values}


def in_rest(item: dict) -> dict:
    """Return an upsert as a REST body has it."""
    by = {"external_id" if name == "externalId" else name: item["by"][name] for name in item["by"]}
    return {**item, "by": by}


class ListUpsertCase(WriteCase):
    """A customer with two contacts and a tag, and another one with a contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.tag = cls.env["res.partner.category"].create({"name": "Ztag"})
        cls.customer = partners.create({"name": "Zcustomer", "category_id": cls.tag.ids})
        cls.ann, cls.bob = cls.contacts = partners.create(
            [{"name": name, "ref": name, "parent_id": cls.customer.id} for name in ("Zann", "Zbob")]
        )
        cls.other = partners.create({"name": "Zother"})
        cls.cid = partners.create({"name": "Zcid", "ref": "Zcid", "parent_id": cls.other.id})
        cls.product = cls.env["product.product"].create({"name": "Zproduct", "type": "consu"})
        cls.path = f"/api/customers/{cls.customer.id}"

    def resource(self, type_name):
        return self.env["graphql_api.resource"].search([("type_name", "=", type_name)])

    def line(self, name: str, /, quantity: float = 1, **values) -> dict:
        product = str(self.product.id)
        return keyed(name, name=name, product=product, quantity=quantity, **values)

    def order(self, **lists) -> list[dict]:
        """Send the order of the shop and return its lines."""
        values = {"customer": str(self.customer.id), "orderLines": lists}
        data = self.graphql(UPSERT_ORDER, {"input": values})["upsertSaleOrder"]
        self.assertEqual(
            len(self.env["sale.order"].search([("partner_id", "=", self.customer.id)])), 1
        )
        return data["orderLines"]

    def update(self, values: dict, **kwargs):
        self.graphql(UPDATE, {"id": self.customer.id, "input": values}, **kwargs)

    def refuse(self, values: dict, *paths: str, code="BAD_USER_INPUT", **kwargs):
        """Check that a change of the customer is refused, blaming these paths."""
        fields = [f"input.{path}" for path in paths]
        variables = {"id": self.customer.id, "input": values}
        return self.refuse_graphql(UPDATE, variables, code=code, fields=fields, **kwargs)


@tagged("post_install", "-at_install")
class TestListUpserts(ListUpsertCase):
    def test_an_order_twice(self):
        """Its lines are those of the last request, whatever was sent before."""
        first = self.order(replace=[self.line("a"), self.line("b", 2)])
        self.assertEqual([(line["name"], line["quantity"]) for line in first], [("a", 1), ("b", 2)])
        self.assertEqual(self.order(replace=[self.line("a"), self.line("b", 2)]), first)
        self.assertEqual(self.order(upsert=[self.line("b", 2)]), first)
        changed = self.order(replace=[self.line("c", 4), self.line("b", 3)])
        self.assertEqual({line["name"]: line["quantity"] for line in changed}, {"b": 3, "c": 4})
        self.assertIn(first[1]["id"], [line["id"] for line in changed])
        self.assertNotIn(first[0]["id"], [line["id"] for line in changed])
        # The id of a line that was removed is free again.
        self.assertEqual(len(self.order(upsert=[self.line("a")])), 3)
        self.assertEqual(self.order(replace=[]), [])

    def test_without_a_key(self):
        """In a list that is replaced it is a new record each time; an upsert needs one."""
        line = {"input": self.line("a")["input"]}
        (first,) = self.order(replace=[line])
        (second,) = self.order(replace=[line])
        self.assertNotEqual(first["id"], second["id"])
        for by in ({}, {"by": None}):
            item = {**by, "input": {"name": "Z"}}
            self.refuse({"children": {"upsert": [item]}}, "children.upsert.0.by")

    def test_rest(self):
        """The same names, and the same paths of what is wrong."""
        body = {"order_lines": {"replace": [in_rest(self.line("a", 2)), in_rest(self.line("b"))]}}
        path = "/api/sale-orders?fields=id,order_lines.id"
        body = {"customer": self.customer.id, **body}
        order = self.write_rest("POST", path, body, status=201)
        path = f"/api/sale-orders/{order['id']}?fields=id,order_lines.id"
        del body["customer"]
        self.assertEqual(self.write_rest("PATCH", path, body), order)
        line = in_rest(self.line("a", quantity="many"))
        where = "order_lines.upsert.0.input.quantity"
        body = {"order_lines": {"upsert": [line]}}
        self.refuse_rest("PATCH", path, body, status=400, fields=[where])
        for by in ({}, {"external_id": "zshop.a", "id": 1}, {"nothing": 1}, "zshop.a", [1]):
            line["by"], line["input"]["quantity"] = by, 1
            self.refuse_rest("PATCH", path, body, status=400, code="BAD_USER_INPUT")
        line["by"] = {"external_id": "a"}
        where = "order_lines.upsert.0.by.external_id"
        self.refuse_rest("PATCH", path, body, status=400, fields=[where])

    def test_path_in_graphql(self):
        line = {**self.line("a", quantity=1e300), "by": {"externalId": "no"}}
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.refuse_graphql(
            UPDATE_ORDER,
            {"id": order.id, "input": {"orderLines": {"upsert": [line]}}},
            code="BAD_USER_INPUT",
            fields=["input.orderLines.upsert.0.by.externalId"],
        )
        line["by"] = {"externalId": "zshop.a"}
        self.refuse_graphql(
            UPDATE_ORDER,
            {"id": order.id, "input": {"orderLines": {"upsert": [line]}}},
            code="BAD_USER_INPUT",
            fields=["input.orderLines.upsert.0.input.quantity"],
        )

    def test_field_as_key(self):
        """It is compared within the list: another customer's contact is none of it."""
        items = [
            {"by": {"ref": name}, "input": {"name": name.upper()}} for name in ("Zann", "Zcid")
        ]
        for _time in range(2):
            self.update({"children": {"upsert": items}})
            names = self.customer.child_ids.sorted("id").mapped("name")
            self.assertEqual(names, ["ZANN", "Zbob", "ZCID"])
        self.assertEqual(self.cid.name, "Zcid")
        self.update({"children": {"replace": items[:1]}})
        self.assertEqual(self.customer.child_ids, self.ann)
        self.assertFalse(self.bob.exists())

    def test_many2many(self):
        """Its records are nobody's own: a key finds any of them, and nothing is deleted."""
        tags = {"replace": [keyed("vip", name="Zvip"), keyed("new", name="Znew")]}
        for customer in (self.customer, self.other, self.customer):
            self.graphql(UPDATE, {"id": customer.id, "input": {"tags": tags}})
        self.assertEqual(self.customer.category_id, self.other.category_id)
        self.assertEqual(set(self.customer.category_id.mapped("name")), {"Zvip", "Znew"})
        self.assertTrue(self.tag.exists())
        self.update({"tags": {"upsert": [keyed("vip", name="Zgold")], "link": [self.tag.id]}})
        self.assertEqual(set(self.other.category_id.mapped("name")), {"Zgold", "Znew"})
        self.assertEqual(len(self.customer.category_id), 3)

    def test_deeper(self):
        """Lists of records of lists, of new records and of existing ones."""
        team = {"upsert": [keyed("deep", name="Zdeep"), keyed("deep2", name="Zdeep2")]}
        inner = keyed("inner", name="Zinner", children=team, tags={"create": [{"name": "Z"}]})
        plain = {"name": "Zplain", "children": {"upsert": [keyed("below", name="Zbelow")]}}
        values = {"children": {"upsert": [inner], "create": [plain]}}
        self.update(values)
        found = self.customer.child_ids - self.contacts
        names = {record.name: record.child_ids.mapped("name") for record in found}
        self.assertEqual(names, {"Zinner": ["Zdeep", "Zdeep2"], "Zplain": ["Zbelow"]})
        for name in ("inner", "deep", "deep2", "below"):
            record = self.env.ref(f"__api__.res_partner.zshop.{name}")
            self.assertEqual(record.name, f"Z{name}")
        self.update({"children": {"upsert": [inner]}})
        self.assertEqual(self.customer.child_ids - self.contacts, found)
        # What is in the list of another contact is not moved.
        moved = {"upsert": [keyed("deep", name="x")]}
        self.refuse({"children": moved}, "children.upsert.0.by")

    def test_several_new_records(self):
        """Each gets its own external id, also where another list is between."""
        query = """mutation ($inputs: [CustomerCreateInput!]!) {
          createCustomers(inputs: $inputs) { id } }"""
        inputs = [
            {
                "name": f"Z{number}",
                "children": {
                    "create": [{"name": "plain"}],
                    "upsert": [keyed(f"c{number}{n}", name=f"Zc{number}{n}") for n in (2, 1)],
                },
            }
            for number in (2, 1)
        ]
        data = self.graphql(query, {"inputs": inputs})["createCustomers"]
        for number, row in zip((2, 1), data, strict=True):
            for n in (2, 1):
                record = self.env.ref(f"__api__.res_partner.zshop.c{number}{n}")
                self.assertEqual(record.name, f"Zc{number}{n}")
                self.assertEqual(record.parent_id.id, int(row["id"]))

    def test_same_record_twice(self):
        cases = [
            [keyed("a", name="x"), keyed("a", name="y")],
            [{"by": {"ref": "Znew"}, "input": {"name": "x"}}] * 2,
            [{"by": {"ref": "Zann"}, "input": {"name": "x"}}] * 2,
        ]
        for items in cases:
            for operation in ("upsert", "replace"):
                self.refuse({"children": {operation: items}}, f"children.{operation}.1.by")
        # In two lists.
        below = {"upsert": [keyed("a", name="y")]}
        path = "children.upsert.0.input.children.upsert.0.by.externalId"
        self.refuse({"children": {"upsert": [keyed("a", name="x", children=below)]}}, path)
        # By two keys.
        self.update({"children": {"upsert": [keyed("z", name="Zed", ref="Zed")]}})
        items = [keyed("z", name="x"), {"by": {"ref": "Zed"}, "input": {"name": "y"}}]
        self.refuse({"children": {"upsert": items}}, "children.upsert.1.by")
        # By another operation.
        item = {"by": {"ref": "Zann"}, "input": {"name": "x"}}
        for operation, other in (("delete", self.ann.id), ("update", {"id": self.ann.id})):
            values = {"children": {"upsert": [item], operation: [other]}}
            self.refuse(values, "children.upsert.0.by")
        # The record itself, and the one that is being created.
        self.env["ir.model.data"]._update_xmlids([{"xml_id": "zshop.me", "record": self.customer}])
        self.refuse({"children": {"upsert": [keyed("me", name="x")]}}, "children.upsert.0.by")
        query = """mutation ($input: CustomerCreateInput!) {
          upsertCustomer(by: {externalId: "zshop.new"}, input: $input) { id } }"""
        values = {"name": "x", "children": {"upsert": [keyed("new", name="y")]}}
        fields = ["input.children.upsert.0.by.externalId"]
        self.refuse_graphql(query, {"input": values}, code="BAD_USER_INPUT", fields=fields)

    def test_key_of_another_list(self):
        """A line of another order is neither moved nor changed."""
        self.order(replace=[self.line("a")])
        other = self.env["sale.order"].create({"partner_id": self.customer.id})
        for operation in ("upsert", "replace"):
            self.refuse_graphql(
                UPDATE_ORDER,
                {"id": other.id, "input": {"orderLines": {operation: [self.line("a")]}}},
                code="BAD_USER_INPUT",
                fields=[f"input.orderLines.{operation}.0.by"],
            )
        values = {"customer": str(self.customer.id), "orderLines": {"upsert": [self.line("a")]}}
        query = "mutation ($input: SaleOrderCreateInput!) { createSaleOrder(input: $input) { id } }"
        fields = ["input.orderLines.upsert.0.by"]
        self.refuse_graphql(query, {"input": values}, code="BAD_USER_INPUT", fields=fields)

    def test_what_is_refused(self):
        item = {"by": {"ref": "Zann"}, "input": {"name": "x"}}
        for values, path in (
            ({"replace": [item], "create": [{"name": "x"}]}, "children"),
            ({"upsert": [{**item, "by": {"ref": ""}}]}, "children.upsert.0.by.ref"),
            (
                {"upsert": [{**item, "by": {"externalId": "base.x"}}]},
                "children.upsert.0.by.externalId",
            ),
            (
                {"upsert": [{**item, "input": {"name": "x", "ref": "other"}}]},
                "children.upsert.0.input.ref",
            ),
            (
                {"upsert": [{**item, "input": {"name": "x", "parent": str(self.other.id)}}]},
                "children.upsert.0.input.parent",
            ),
        ):
            with self.subTest(path):
                self.refuse({"children": values}, path)
        self.bob.ref = "Zann"
        path = "children.upsert.0.by.ref"
        self.refuse({"children": {"upsert": [item]}}, path, code="CONFLICT")
        query = """mutation ($ids: [ID!]!, $input: CustomerUpdateInput!) {
          updateCustomers(ids: $ids, input: $input) { id } }"""
        ids = [self.customer.id, self.other.id]
        for operation in ("upsert", "replace"):
            variables = {"ids": ids, "input": {"children": {operation: [item]}}}
            fields = [f"input.children.{operation}"]
            self.refuse_graphql(query, variables, code="BAD_USER_INPUT", fields=fields)
        below = {"create": [{"name": "x", "children": {"upsert": [keyed("y", name="y")]}}]}
        self.refuse_graphql(
            query,
            {"ids": ids, "input": {"children": below}},
            code="BAD_USER_INPUT",
            fields=["input.children.create.0.children.upsert.0.by.externalId"],
        )

    def test_too_many(self):
        self.resource("Customer").max_page_size = self.resource("Customer").default_page_size = 2
        items = [{"input": {"name": "x"}}] * 3
        for operation in ("upsert", "replace"):
            self.refuse({"children": {operation: items}}, f"children.{operation}")
        self.env["res.partner"].create({"name": "Zdan", "parent_id": self.customer.id})
        self.refuse({"children": {"replace": []}}, "children.replace")
        self.assertGreater(MAX_LISTED_RECORDS, 3)

    def test_number_of_queries(self):
        """Keys of many lines are looked up together."""

        def count(number: int) -> int:
            items = [keyed(f"n{n}", name="x") for n in range(number)]
            items += [{"by": {"ref": f"R{n}"}, "input": {"name": "y"}} for n in range(number)]
            values = {"children": {"upsert": items, "update": [{"id": str(self.ann.id)}]}}
            # Writing takes queries of its own: it is refused.
            values["children"]["delete"] = [str(self.cid.id)]
            with self.counted_queries() as counter:
                self.execute(UPDATE, {"id": str(self.customer.id), "input": values})
            return counter[0]

        count(1)
        self.assertEqual(count(2), count(20))


@tagged("post_install", "-at_install")
class TestRights(ListUpsertCase):
    def test_delete(self):
        """Who may not delete the lines cannot replace them by fewer."""
        self.order(replace=[self.line("a"), self.line("b")])
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "sale.order.line")])
        rights.perm_unlink = False
        self.refuse_graphql(
            UPDATE_ORDER,
            {"id": order.id, "input": {"orderLines": {"replace": [self.line("a")]}}},
            code="FORBIDDEN",
            fields=["input.orderLines.replace"],
        )
        lines = {"replace": [self.line("b", 7), self.line("a", 7)]}
        self.graphql(UPDATE_ORDER, {"id": order.id, "input": {"orderLines": lines}})
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [7, 7])

    def test_what_a_resource_allows(self):
        """An operation that it does not have is not in the input."""
        path = f"/api/customers/{self.customer.id}"
        for operation, missing in (
            ("create", {"upsert", "replace"}),
            ("update", {"upsert", "replace"}),
            ("delete", {"replace"}),
        ):
            self.resource("Customer")[f"allow_{operation}"] = False
            schema = self.env["graphql_api.schema"]._get_schema().graphql_schema
            found = schema.type_map.get("CustomerChildrenInput")
            self.assertTrue(missing.isdisjoint(found.fields if found else ()), operation)
            self.resource("Customer")[f"allow_{operation}"] = True
        for right in ("create", "write"):
            rights = self.env["ir.model.access"].search(
                [("model_id.model", "=", "res.partner.category")]
            )
            rights[f"perm_{right}"] = False
            body = {"tags": {"upsert": [in_rest(keyed("new", name="x"))]}}
            if right == "write":
                rights.perm_create = True
                body = {"tags": {"upsert": [{**in_rest(keyed("old", name="x"))}]}}
                self.env["ir.model.data"]._update_xmlids(
                    [{"xml_id": "zshop.old", "record": self.tag}]
                )
            fields = ["tags.upsert.0.input"]
            self.refuse_rest("PATCH", path, body, status=403, code="FORBIDDEN", fields=fields)

    def test_hidden_and_archived_records_stay(self):
        """A list is replaced as a client reads it."""
        self.hide(self.ann)
        self.bob.active = False
        dan = self.env["res.partner"].create({"name": "Zdan", "parent_id": self.customer.id})
        self.update({"children": {"replace": [{"by": {"ref": "Zann"}, "input": {"name": "x"}}]}})
        self.assertFalse(dan.exists())
        self.assertEqual(self.contacts.exists().mapped("name"), ["Zann", "Zbob"])
        self.assertEqual(set(self.customer.child_ids.mapped("name")), {"Zann", "x"})

    def test_domain_of_the_resource(self):
        """What is outside of it is not matched, not taken off and not created."""
        self.bob.function = "Nowhere"
        self.resource("Customer").domain = "[('function', '!=', 'Nowhere')]"
        self.update({"children": {"replace": []}})
        self.assertEqual(self.customer.child_ids, self.bob)
        values = {"children": {"upsert": [keyed("x", name="x", function="Nowhere")]}}
        variables = {"id": self.customer.id, "input": values}
        self.refuse_graphql(UPDATE, variables, code="FORBIDDEN")

    def test_closed_document(self):
        """The lines of a posted invoice stay."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "a", "price_unit": 5})],
            }
        )
        path = f"/api/invoices/{invoice.id}?fields=id,invoice_lines.name"
        line = {"by": {"external_id": "zshop.l1"}, "input": {"name": "b", "price_unit": 7}}
        self.write_rest("PATCH", path, {"invoice_lines": {"replace": [line]}})
        record = self.env.ref("__api__.account_move_line.zshop.l1")
        self.assertEqual(invoice.invoice_line_ids, record)
        self.assertEqual((record.name, invoice.amount_untaxed), ("b", 7))
        invoice.action_post()
        self.env.cr.flush()
        for values in (
            {"replace": []},
            {"replace": [line]},
            {"upsert": [line]},
            {"upsert": [{**line, "by": {"external_id": "zshop.l2"}}]},
        ):
            body = {"invoice_lines": values}
            self.refuse_rest("PATCH", path, body, status=422, code="VALIDATION_FAILED")
