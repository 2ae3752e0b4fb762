"""Relations in inputs: what happens to the records of a list, and who may do it."""

from odoo.fields import Command
from odoo.tests import tagged

from ..cases.writing import WriteCase

UPDATE = """mutation ($id: ID!, $input: CustomerUpdateInput!) {
  updateCustomer(id: $id, input: $input) { id } }"""
CREATE = "mutation ($input: CustomerCreateInput!) { createCustomer(input: $input) { id } }"


class NestedCase(WriteCase):
    """A customer with three contacts and tags, an order with two lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners, tags = cls.env["res.partner"], cls.env["res.partner.category"]
        cls.tags = tags.create([{"name": f"Ztag {n}", "color": 1} for n in (1, 2, 3)])
        cls.customer = partners.create({"name": "Zcustomer", "category_id": cls.tags[:2].ids})
        cls.contacts = partners.create(
            [{"name": f"Zcontact {n}", "parent_id": cls.customer.id} for n in (1, 2, 3)]
        )
        cls.other = partners.create({"name": "Zother"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"name": name, "display_type": "line_note"}) for name in "ab"
                ],
            }
        )
        cls.path = f"/api/customers/{cls.customer.id}"

    def resource(self, type_name):
        return self.env["graphql_api.resource"].search([("type_name", "=", type_name)])

    def apply_graphql(self, values):
        self.graphql(UPDATE, {"id": self.customer.id, "input": values})

    def apply_rest(self, values):
        self.write_rest("PATCH", self.path, values)

    def refuse_both(self, values, path, code="BAD_USER_INPUT", status=400, **kwargs):
        """Check that both APIs refuse a change of the customer, blaming the same path."""
        fields = None if path is None else [path]
        self.refuse_rest(
            "PATCH", self.path, values, status=status, code=code, fields=fields, **kwargs
        )
        self.refuse_graphql(
            UPDATE,
            {"id": self.customer.id, "input": values},
            code=code,
            fields=fields and [f"input.{path}"],
            **kwargs,
        )


@tagged("post_install", "-at_install")
class TestOperations(NestedCase):
    def test_one2many(self):
        """Each operation in turn, by both APIs, and what is not named stays."""
        for apply in (self.apply_graphql, self.apply_rest):
            with self.subTest(apply.__name__):
                self.contacts.write({"parent_id": self.customer.id, "function": False})
                self.other.parent_id = False
                first, second, third = self.contacts

                apply({"children": {"update": [{"id": str(first.id), "function": "Boss"}]}})
                self.assertEqual(self.contacts.mapped("function"), ["Boss", False, False])
                apply({"children": {"create": [{"name": "Znew"}], "link": [str(self.other.id)]}})
                names = set(self.customer.child_ids.mapped("name"))
                self.assertEqual(names, {*self.contacts.mapped("name"), "Znew", "Zother"})
                apply({"children": {"unlink": [str(second.id)]}})
                self.assertFalse(second.parent_id)
                self.assertTrue(second.exists())
                new = self.customer.child_ids.filtered(lambda child: child.name == "Znew")
                apply({"children": {"delete": [str(new.id)]}})
                self.assertFalse(new.exists())
                apply({"children": {"set": [str(third.id), str(second.id)]}})
                self.assertEqual(self.customer.child_ids, second | third)
                self.assertTrue(first.exists())
                apply({"children": {}})
                self.assertEqual(len(self.customer.child_ids), 2)
                apply({"children": {"set": []}})
                self.assertFalse(self.customer.child_ids)

    def test_many2many(self):
        for apply in (self.apply_graphql, self.apply_rest):
            with self.subTest(apply.__name__):
                first, second, third = self.tags
                self.customer.category_id = first | second
                apply({"tags": {"link": [str(third.id)], "unlink": [str(first.id)]}})
                self.assertEqual(self.customer.category_id, second | third)
                self.assertTrue(first.exists())
                apply({"tags": {"update": [{"id": str(second.id), "color": 5}]}})
                self.assertEqual(second.color, 5)
                apply({"tags": {"set": [str(first.id)], "create": [{"name": "Znew"}]}})
                self.assertEqual(set(self.customer.category_id.mapped("name")), {"Ztag 1", "Znew"})
                new = self.customer.category_id - first
                apply({"tags": {"delete": [str(new.id)]}})
                self.assertFalse(new.exists())
                self.assertEqual(self.customer.category_id, first)

    def test_unlink_of_what_is_not_linked(self):
        """It is no error and no change, so that a request can be repeated."""
        elsewhere = self.env["res.partner"].create({"name": "Zboss"})
        for apply in (self.apply_graphql, self.apply_rest):
            with self.subTest(apply.__name__):
                self.customer.category_id = self.tags[0]
                self.other.parent_id = elsewhere
                tags = [str(tag.id) for tag in self.tags[:2]]
                contacts = [str(record.id) for record in self.contacts[0] | self.other]
                for _time in range(2):
                    apply({"tags": {"unlink": tags}, "children": {"unlink": contacts}})
                    self.assertFalse(self.customer.category_id)
                    self.assertFalse(self.contacts[0].parent_id)
                    self.assertEqual(self.other.parent_id, elsewhere)
                apply({"children": {"unlink": contacts, "link": contacts}})
                self.assertEqual(self.other.parent_id, self.customer)
                self.contacts[0].parent_id = self.customer

    def test_new_record(self):
        """A new record's lists are created, linked or set."""
        tag = str(self.tags[0].id)
        for operation in ("link", "set"):
            values = {"name": "Z", "tags": {operation: [tag], "create": [{"name": "Zn"}]}}
            data = self.graphql(CREATE, {"input": values})["createCustomer"]
            customer = self.env["res.partner"].browse(int(data["id"]))
            self.assertEqual(customer.category_id.mapped("name"), ["Zn", "Ztag 1"])
        for operation in ("unlink", "delete"):
            values = {"name": "Z", "tags": {operation: [tag]}}
            self.refuse_graphql(
                CREATE, {"input": values}, code="BAD_USER_INPUT", fields=[f"input.tags.{operation}"]
            )

    def test_two_levels(self):
        """Lists of records of lists, created and changed in one input."""
        values = {
            "name": "Z1",
            "children": {
                "create": [
                    {
                        "name": "Z2",
                        "tags": {"create": [{"name": "Zdeep"}], "link": [self.tags[0].id]},
                        "children": {"create": [{"name": "Z3"}]},
                    }
                ]
            },
        }
        data = self.write_rest("POST", "/api/customers?fields=id", values, status=201)
        customer = self.env["res.partner"].browse(data["id"])
        child = customer.child_ids
        self.assertEqual(child.name, "Z2")
        self.assertEqual(set(child.category_id.mapped("name")), {"Zdeep", "Ztag 1"})
        self.assertEqual(child.child_ids.mapped("name"), ["Z3"])

        values = {
            "children": {
                "update": [
                    {
                        "id": child.id,
                        "function": "Boss",
                        "tags": {"unlink": [self.tags[0].id], "link": [self.tags[1].id]},
                        "children": {"update": [{"id": child.child_ids.id, "function": "Clerk"}]},
                    }
                ]
            }
        }
        self.graphql(UPDATE, {"id": customer.id, "input": values})
        self.assertEqual((child.function, child.child_ids.function), ("Boss", "Clerk"))
        self.assertEqual(set(child.category_id.mapped("name")), {"Zdeep", "Ztag 2"})

    def test_line_that_cannot_be_without_its_parent(self):
        """Taking it off the list deletes it; that needs the right to delete."""
        first, second = self.order.order_line
        path = f"/api/sale-orders/{self.order.id}"
        self.write_rest("PATCH", path, {"order_lines": {"unlink": [first.id]}})
        self.assertFalse(first.exists())
        self.write_rest("PATCH", path, {"order_lines": {"set": [second.id]}})
        self.assertEqual(self.order.order_line, second)
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "sale.order.line")])
        rights.perm_unlink = False
        for operation, ids in (("unlink", [second.id]), ("set", []), ("delete", [second.id])):
            self.refuse_rest(
                "PATCH",
                path,
                {"order_lines": {operation: ids}},
                status=403,
                fields=[f"order_lines.{operation}"],
            )

    def test_line_that_is_only_created_in_its_list(self):
        """Clients cannot set the invoice of a line: alone it is refused, in the list it gets it."""
        values = {"name": "Zline", "price_unit": 7}
        self.refuse_rest("POST", "/api/invoice-lines", values, status=403, code="FORBIDDEN")
        query = (
            "mutation ($input: InvoiceLineCreateInput!) { createInvoiceLine(input: $input) { id } }"
        )
        self.refuse_graphql(
            query,
            {"input": {"name": "Zline", "priceUnit": 7}},
            code="GRAPHQL_VALIDATION_FAILED",
        )
        invoice = self.write_rest(
            "POST",
            "/api/invoices?fields=invoice_lines.name",
            {"customer": self.customer.id, "invoice_lines": {"create": [values]}},
            status=201,
        )
        self.assertEqual(invoice, {"invoice_lines": [{"name": "Zline"}]})

    def test_several_records(self):
        """A change of several records changes the lists of each."""
        query = """mutation ($ids: [ID!]!, $input: CustomerUpdateInput!) {
          updateCustomers(ids: $ids, input: $input) { id tags { name } } }"""
        both = self.customer | self.other
        values = {"tags": {"set": [self.tags[2].id]}}
        data = self.graphql(query, {"ids": both.ids, "input": values})["updateCustomers"]
        tags = [{"name": "Ztag 3"}]
        self.assertEqual(data, [{"id": str(record.id), "tags": tags} for record in both])


@tagged("post_install", "-at_install")
class TestNestedRights(NestedCase):
    """A nested write needs what the same write at the root needs."""

    def test_record_of_another_list(self):
        """What is not in the list cannot be changed or deleted through it."""
        for operation, item in (
            ("update", {"id": self.other.id, "city": "x"}),
            ("delete", self.other.id),
        ):
            self.refuse_both({"children": {operation: [item]}}, f"children.{operation}.0")

    def test_hidden_record(self):
        """An id that the caller does not see is like one that does not exist."""
        self.hide(self.tags[0], self.contacts[0])
        absent = 2000000000
        for tag, contact in ((self.tags[0].id, self.contacts[0].id), (absent, absent)):
            for operation in ("link", "unlink", "set", "delete"):
                self.refuse_both({"tags": {operation: [tag]}}, f"tags.{operation}.0", login="demo")
            nested = {"update": [{"id": contact, "city": "x"}]}
            self.refuse_both({"children": nested}, "children.update.0", login="demo")

    def test_operation_of_the_nested_resource(self):
        """What the resource does not allow is not in the input."""
        self.resource("CustomerTag").write({"allow_create": False, "allow_delete": False})
        tag = self.tags[0].id
        for operation, item in (("create", {"name": "x"}), ("delete", tag)):
            values = {"tags": {operation: [item]}}
            self.refuse_rest("PATCH", self.path, values, status=400, fields=[f"tags.{operation}"])
            self.refuse_graphql(
                UPDATE, {"id": self.customer.id, "input": values}, code="BAD_USER_INPUT"
            )
        self.write_rest("PATCH", self.path, {"tags": {"set": [tag]}})
        self.assertEqual(self.customer.category_id.ids, [tag])

    def test_access_rights_of_the_caller(self):
        """The right to the customer is none to its tags."""
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=", "res.partner.category")]
        )
        rights.write({"perm_create": False, "perm_write": False, "perm_unlink": False})
        tag = self.tags[0].id
        for operation, item, path in (
            ("create", {"name": "x"}, "tags.create.0"),
            ("update", {"id": tag, "color": 2}, "tags.update.0"),
            ("delete", tag, "tags.delete"),
        ):
            self.refuse_both({"tags": {operation: [item]}}, path, code="FORBIDDEN", status=403)
        self.write_rest("PATCH", self.path, {"tags": {"set": [tag]}})

    def test_record_rule(self):
        """A rule that forbids to change a record holds for it in a list too."""
        self.env["ir.rule"].create(
            {
                "name": "no change",
                "model_id": self.env["ir.model"]._get_id("res.partner.category"),
                "domain_force": repr([("id", "!=", self.tags[0].id)]),
                "perm_read": False,
            }
        )
        self.refuse_both(
            {"tags": {"update": [{"id": self.tags[0].id, "color": 2}]}},
            None,
            code="FORBIDDEN",
            status=403,
            login="demo",
        )

    def test_domain_of_the_nested_resource(self):
        """Nothing is created, changed or reached beyond what a resource exposes."""
        self.tags[2].color = 9
        self.resource("CustomerTag").domain = "[('color', '<', 5)]"
        self.refuse_both({"tags": {"link": [self.tags[2].id]}}, "tags.link.0")
        for values in (
            {"tags": {"create": [{"name": "x", "color": 7}]}},
            {"tags": {"update": [{"id": self.tags[0].id, "color": 7}]}},
            {
                "children": {
                    "create": [
                        {
                            "name": "x",
                            "tags": {"create": [{"name": "ok"}, {"name": "x", "color": 7}]},
                        }
                    ]
                }
            },
            {
                "children": {
                    "update": [
                        {"id": self.contacts[0].id, "tags": {"create": [{"name": "x", "color": 7}]}}
                    ]
                }
            },
        ):
            with self.subTest(values):
                self.refuse_both(values, path=None, code="FORBIDDEN", status=403)
        self.write_rest("PATCH", self.path, {"tags": {"create": [{"name": "x", "color": 4}]}})

    def test_circle(self):
        """Lists that lead back to where they began are checked as well, once."""
        self.resource("CustomerTag").domain = "[('color', '<', 5)]"
        self.resource("Customer").domain = "[('function', '!=', 'Nowhere')]"
        for kind, color, refused in (("Here", 4, False), ("Here", 7, True), ("Nowhere", 4, True)):
            again = {"create": [{"name": "Zagain", "color": color}]}
            customers = {"create": [{"name": "Znew", "function": kind, "tags": again}]}
            tag = {"name": "Zouter", "color": 4, "customers": customers}
            values = {"name": "Z", "tags": {"create": [tag]}}
            with self.subTest(kind, color=color):
                if refused:
                    self.refuse_graphql(CREATE, {"input": values}, code="FORBIDDEN")
                    continue
                data = self.graphql(CREATE, {"input": values})["createCustomer"]
                outer = self.env["res.partner"].browse(int(data["id"])).category_id
                self.assertEqual(set(outer.partner_ids.mapped("name")), {"Z", "Znew"})

    def test_line_of_another_kind(self):
        lines = self.env["graphql_api.resource"].search([("type_name", "=", "InvoiceLine")])
        lines.domain = "[('display_type', '=', 'product')]"
        invoice = {"customer": self.customer.id}
        for kind in ("line_note", "line_section"):
            lines = {"create": [{"name": "ok"}, {"name": "x", "display_type": kind}]}
            body = self.refuse_rest(
                "POST", "/api/invoices", invoice | {"invoice_lines": lines}, status=403
            )
            self.assertEqual(body["code"], "FORBIDDEN")
        lines = {"create": [{"name": "ok", "price_unit": 5}]}
        data = self.write_rest(
            "POST",
            "/api/invoices?fields=invoice_lines.name",
            invoice | {"invoice_lines": lines},
            status=201,
        )
        self.assertEqual([line["name"] for line in data["invoice_lines"]], ["ok"])

    def test_out_of_reach_by_the_change(self):
        """Who would lose sight of the record by a change may not make it."""
        self.env["graphql_api.resource"].search(
            [("type_name", "=", "Customer")]
        ).domain = "[('city', '!=', 'Nowhere')]"
        for method, path in (("PATCH", self.path), ("POST", "/api/customers")):
            self.refuse_rest(method, path, {"name": "x", "city": "Nowhere"}, status=403)
