"""Lines of documents: whoever writes them, they change while their document is open, not after."""

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...schema.access.odoo_models import DOCUMENTS
from ...schema.exposure.names import camel_case
from ...schema.exposure.resource import Document
from ..cases.writing import WriteCase


class LinesCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner"})
        values = [{"name": name, "type": "consu", "list_price": 5} for name in ("Za", "Zb")]
        products = cls.env["product.product"].create(values)
        products.write({"taxes_id": False, "supplier_taxes_id": False})
        cls.product, cls.other_product = products

    def new_invoice(self):
        line = {"product_id": self.product.id, "price_unit": 5, "quantity": 2}
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [Command.create(line), Command.create({**line, "name": "b"})],
            }
        )

    def new_bill(self):
        line = {"product_id": self.product.id, "price_unit": 5, "quantity": 2}
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [Command.create(line), Command.create({**line, "name": "b"})],
            }
        )

    def new_order(self):
        line = {"product_id": self.product.id, "product_uom_qty": 2, "price_unit": 5}
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create(line), Command.create(line)],
            }
        )

    def new_purchase(self):
        line = {"product_id": self.product.id, "product_qty": 2, "price_unit": 5}
        return self.env["purchase.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [Command.create(line), Command.create(line)],
            }
        )

    def new_transfer(self):
        kind = self.env["stock.warehouse"].search([], limit=1).out_type_id
        places = {
            "location_id": kind.default_location_src_id.id,
            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
        }
        move = {"product_id": self.product.id, "product_uom_qty": 2, **places}
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "move_ids": [
                    Command.create(move),
                    Command.create({**move, "product_id": self.other_product.id}),
                ],
                **places,
            }
        )
        transfer.action_confirm()
        transfer.move_ids.write({"quantity": 2, "picked": True})
        return transfer

    def open_all(self):
        """Let clients do what the catalog does not offer: stock moves are written like others."""
        moves = self.env["graphql_api.resource"].search([("model", "=", "stock.move")])
        moves.write({"allow_create": True, "allow_update": True, "allow_delete": True})
        moves.field_ids.writable = True

    def documents(self):
        """Yield makers of documents, names, a number of their lines, and ways to close them.

        The names are those of the document's type and collection, of the list, of the lines' type
        and collection, and of the field that leads back. A way to close is a list of methods.
        """
        cancelled = ["action_cancel"]
        yield (
            self.new_invoice,
            ("Invoice", "invoices", "invoice_lines", "InvoiceLine", "invoice-lines", "invoice"),
            "quantity",
            (["action_post"], ["button_cancel"]),
        )
        yield (
            self.new_bill,
            ("VendorBill", "vendor-bills", "lines", "VendorBillLine", "vendor-bill-lines", "bill"),
            "quantity",
            (["action_post"], ["button_cancel"]),
        )
        yield (
            self.new_order,
            (
                "SaleOrder",
                "sale-orders",
                "order_lines",
                "SaleOrderLine",
                "sale-order-lines",
                "order",
            ),
            "quantity",
            (cancelled, ["action_confirm", "action_lock"]),
        )
        yield (
            self.new_purchase,
            (
                "PurchaseOrder",
                "purchase-orders",
                "order_lines",
                "PurchaseOrderLine",
                "purchase-order-lines",
                "order",
            ),
            "quantity",
            (["button_cancel"], ["button_confirm", "button_lock"]),
        )
        yield (
            self.new_transfer,
            ("Transfer", "transfers", "moves", "StockMove", "stock-moves", "transfer"),
            "product_uom_qty",
            (cancelled, ["button_validate"]),
        )
        yield (
            self.new_transfer,
            (
                "Transfer",
                "transfers",
                "move_lines",
                "StockMoveLine",
                "stock-move-lines",
                "transfer",
            ),
            "quantity",
            (["button_validate"],),  # a cancelled transfer has none
        )

    def contents(self):
        """Return what tells whether purchases and moves have changed, too."""
        self.env.flush_all()
        found = super().contents()
        for table in ("purchase_order", "purchase_order_line", "stock_move"):
            self.env.cr.execute(
                f"SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {table} t"
            )
            found[table] = self.env.cr.fetchone()
        return found


def in_graphql(value):
    """Return a value of a REST body with GraphQL's names."""
    if isinstance(value, dict):
        return {camel_case(key): in_graphql(item) for key, item in value.items()}
    return [in_graphql(item) for item in value] if isinstance(value, list) else value


@tagged("post_install", "-at_install", "generated")
class ClosedDocumentCase(LinesCase):
    def changes(self, names, field, document, foreign):
        """Yield requests that change lines: method, path, body, GraphQL's mutation, variables."""
        type_name, collection, lines_name, line_type, line_collection, parent = names
        lines = document[self.odoo_list(names)]
        line, other = lines[0], lines[1]
        for body in (
            {"update": [{"id": line.id, field: 7}]},
            {"create": [{"product": self.product.id, field: 7}]},
            {"delete": [line.id]},
            {"unlink": [line.id]},
            {"set": [other.id]},
            {"link": [foreign.id]},
        ):
            body = {lines_name: body}
            yield (
                "PATCH",
                f"/api/{collection}/{document.id}",
                body,
                f"update{type_name}",
                {"id": document.id, "input": in_graphql(body)},
            )
        yield (
            "PATCH",
            f"/api/{line_collection}/{line.id}",
            {field: 7},
            f"update{line_type}",
            {"id": line.id, "input": in_graphql({field: 7})},
        )
        resource = self.env["graphql_api.schema"]._get_schema().resources[line_type]
        if "sequence" in resource.fields:
            yield (
                "PATCH",
                f"/api/{line_collection}/{line.id}",
                {"sequence": 99},
                f"update{line_type}",
                {"id": line.id, "input": {"sequence": 99}},
            )
        yield (
            "DELETE",
            f"/api/{line_collection}/{line.id}",
            None,
            f"delete{line_type}",
            {"id": line.id},
        )
        if resource.fields[parent].writable:
            create = {parent: document.id, "product": self.product.id, field: 7, "name": "Z"}
            create = {key: value for key, value in create.items() if key in resource.fields}
            yield (
                "POST",
                f"/api/{line_collection}",
                create,
                f"create{line_type}",
                {"input": in_graphql(create)},
            )
            yield (
                "PATCH",
                f"/api/{line_collection}/{foreign.id}",
                {parent: document.id},
                f"update{line_type}",
                {"id": foreign.id, "input": {parent: document.id}},
            )

    def odoo_list(self, names):
        resource = self.env["graphql_api.schema"]._get_schema().resources[names[0]]
        return resource.fields[names[2]].field

    def mutation(self, name, variables):
        kinds = {"id": "ID!", "input": f"{name[0].upper()}{name[1:]}Input!"}
        for verb, suffix in (("update", "Update"), ("create", "Create")):
            if name.startswith(verb):
                kinds["input"] = f"{name.removeprefix(verb)}{suffix}Input!"
        declared = ", ".join(f"${key}: {kinds[key]}" for key in variables)
        arguments = ", ".join(f"{key}: ${key}" for key in variables)
        selection = "" if name.startswith("delete") else " { id }"
        return f"mutation ({declared}) {{ {name}({arguments}){selection} }}"

    def assert_balanced(self, document):
        """The journal items of an invoice say what it says."""
        if document._name != "account.move":
            return
        self.assertEqual(sum(document.line_ids.mapped("balance")), 0)
        receivable = document.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(abs(sum(receivable.mapped("amount_currency"))), document.amount_total)


class TestClosedDocuments(ClosedDocumentCase):
    def test_all_lines_are_tested(self):
        tested = {names[3] for _make, names, *_more in self.documents()}
        resources = self.env["graphql_api.resource"].search([("model", "in", list(DOCUMENTS))])
        self.assertEqual(set(resources.mapped("type_name")), tested)
        for resource in resources:
            self.assertEqual(resource._get_document().field, DOCUMENTS[resource.model].field)

    def test_derived_from_structure(self):
        """What has a list of its own in another model's form is a line, or not of a document."""
        others = {
            "product.product",
            "product.attribute.value",
            "product.supplierinfo",
            "product.template.attribute.line",
            "product.template.attribute.value",
            "product.uom",
        }
        for resource in self.env["graphql_api.schema"]._get_schema().resources.values():
            for field in resource.fields.values():
                model_field = self.env[resource.model]._fields[field.field]
                if field.type != "many2one" or not model_field.required:
                    continue
                if model_field.ondelete == "cascade" and resource.model not in others:
                    inverses = self.env.registry.field_inverses[model_field]
                    if inverses and resource.allows("update"):
                        with self.subTest(resource.type_name, field=field.name):
                            self.assertEqual(resource.document.field, field.field)

    def test_taken_from_a_closed_document(self):
        """A list of another document cannot take a line away from a closed one."""
        self.open_all()
        for make, names, _field, ways in self.documents():
            closed, document = make(), make()
            line = closed[self.odoo_list(names)][0]
            for step in ways[-1]:
                getattr(closed, step)()
            for body in ({"link": [line.id]}, {"set": [line.id]}):
                with self.subTest(names[0], body=body):
                    path = f"/api/{names[1]}/{document.id}"
                    answer = self.refuse_rest("PATCH", path, {names[2]: body}, status=422)
                    self.assertIn(f"{names[0]} {closed.id} is closed", answer["message"])

    def test_open(self):
        """Lines of an open document change, and the document with them."""
        for make, names, field, _ways in self.documents():
            if names[0] == "Transfer":
                continue  # The catalog shows moves only.
            for nested in (False, True):
                for api in ("rest", "graphql"):
                    with self.subTest(names[0], nested=nested, api=api):
                        document = make()
                        line = document[self.odoo_list(names)][0]
                        target, body = line, {field: 7}
                        if nested:
                            body = {names[2]: {"update": [{"id": line.id, **body}]}}
                            target = document
                        if api == "rest":
                            collection = names[1] if nested else names[4]
                            self.write_rest("PATCH", f"/api/{collection}/{target.id}", body)
                        else:
                            variables = {"id": target.id, "input": in_graphql(body)}
                            name = f"update{names[0] if nested else names[3]}"
                            self.graphql(self.mutation(name, variables), variables)
                        self.assertEqual(document.amount_total, 45)
                        self.assert_balanced(document)
                        if nested:
                            continue
                        self.http("DELETE", f"/api/{names[4]}/{line.id}")
                        self.assertEqual(document.amount_total, 10)
                        self.assert_balanced(document)

    def test_confirmed_order(self):
        """An order that is not locked takes changes, as its form in Odoo does."""
        order = self.new_order()
        order.action_confirm()
        line = order.order_line[0]
        self.write_rest("PATCH", f"/api/sale-order-lines/{line.id}", {"quantity": 3})
        self.assertEqual(order.amount_total, 25)
        self.assertEqual(sum(order.picking_ids.move_ids.mapped("product_uom_qty")), 5)

    def test_posted_invoice_that_is_a_draft_again(self):
        invoice = self.new_invoice()
        invoice.action_post()
        line = invoice.invoice_line_ids[0]
        data = self.graphql(
            f"""mutation {{
              resetToDraftInvoice(id: "{invoice.id}") {{ state }}
              updateInvoiceLine(id: "{line.id}", input: {{quantity: 7}}) {{ quantity }}
              postInvoice(id: "{invoice.id}") {{ state amountTotal }}
            }}"""
        )
        self.assertEqual(data["postInvoice"], {"state": "posted", "amountTotal": 45.0})
        self.assert_balanced(invoice)

    def test_what_the_form_of_a_posted_invoice_allows(self):
        invoice = self.new_invoice()
        invoice.action_post()
        path = f"/api/invoices/{invoice.id}?fields=ref,narration,payment_reference"
        values = {"ref": "Zref", "payment_reference": "Zpayment"}
        data = self.write_rest("PATCH", path, {**values, "narration": "Z"})
        self.assertEqual({name: data[name] for name in values}, values)
        self.assertIn("Z", data["narration"])
        for body in ({"customer": self.partner.id}, {"invoice_date": "2026-02-02"}):
            self.refuse_rest("PATCH", path, body, status=422, code="VALIDATION_FAILED")


@tagged("generated")
class TestEachClosedDocument(ClosedDocumentCase):
    def test_closed(self):
        """Nothing of a closed document changes, by any way that leads to its lines."""
        self.open_all()
        for make, names, field, ways in self.documents():
            for steps in ways:
                document, foreign = make(), make()
                foreign = foreign[self.odoo_list(names)][0]
                for step in steps:
                    getattr(document, step)()
                for method, path, body, name, variables in self.changes(
                    names, field, document, foreign
                ):
                    with self.subTest(f"{names[0]} {steps[-1]}", method=method, body=body):
                        answer = self.refuse_rest(
                            method, path, body, status=422, code="VALIDATION_FAILED"
                        )
                        expected = f"{names[0]} {document.id} is closed"
                        self.assertIn(expected, answer["message"])
                        error = self.refuse_graphql(
                            self.mutation(name, variables), variables, code="VALIDATION_FAILED"
                        )
                        self.assertIn(expected, error["message"])


@tagged("post_install", "-at_install")
class TestWhatIsOffered(LinesCase):
    def test_no_operation_that_cannot_succeed(self):
        """An invoice line is created in the list of its invoice, and nowhere else."""
        schema = self.env["graphql_api.schema"]._get_schema().graphql_schema
        mutations = schema.mutation_type.fields
        for name in ("createInvoiceLine", "createInvoiceLines", "upsertInvoiceLine"):
            self.assertNotIn(name, mutations)
        for name in ("updateInvoiceLine", "deleteInvoiceLine", "createSaleOrderLine"):
            self.assertIn(name, mutations)
        self.assertIn("InvoiceLineCreateInput", schema.type_map)
        self.assertIn("upsert", schema.type_map["InvoiceInvoiceLinesInput"].fields)
        document = self.http("GET", "/api/openapi.json").json()
        paths = document["paths"]
        self.assertNotIn("post", paths["/api/invoice-lines"])
        self.assertIn("patch", paths["/api/invoice-lines/{id}"])
        self.assertIn("post", paths["/api/sale-order-lines"])
        schemas = document["components"]["schemas"]
        self.assertIn("create", schemas["InvoiceInvoiceLinesInput"]["properties"])
        listed = {entry["name"]: entry["operations"] for entry in self.rest("/api")["data"]}
        self.assertEqual(listed["invoice-lines"], ["read", "update", "delete"])
        body = self.refuse_rest(
            "POST", "/api/invoice-lines", {"name": "Z"}, status=403, code="FORBIDDEN"
        )
        self.assertIn("Invoice", body["message"])


@tagged("post_install", "-at_install")
class TestLinesOfAResource(LinesCase):
    """What an administrator says about lines."""

    def resource(self, type_name):
        return self.env["graphql_api.resource"].search([("type_name", "=", type_name)])

    def test_own_rule(self):
        """Other records than those of the catalog's documents can be lines."""
        contact = self.env["res.partner"].create({"name": "Z", "parent_id": self.partner.id})
        self.resource("Customer").write(
            {"document_field": "parent_id", "document_domain": "[('ref', '=', 'open')]"}
        )
        path = f"/api/customers/{contact.id}"
        self.refuse_rest("PATCH", path, {"city": "Ghent"}, status=422)
        self.write_rest("PATCH", f"/api/customers/{self.partner.id}", {"ref": "open"})
        self.write_rest("PATCH", path, {"city": "Ghent"})

    def test_rule_that_is_none(self):
        for values in (
            {"document_field": "nothing"},
            {"document_field": "name"},
            {"document_field": "child_ids"},
            {"document_domain": "[('nothing', '=', 1)]"},
            {"document_domain": "draft"},
        ):
            with (
                self.subTest(values),
                self.assertRaises(Exception) as caught,
                self.env.cr.savepoint(),
                mute_logger("odoo.sql_db"),
            ):
                self.resource("Customer").write({"document_field": "parent_id", **values})
            self.assertEqual(type(caught.exception).__name__, "ValidationError")

    def test_model_of_lines_that_is_exposed(self):
        """The rule is there without a word of the administrator."""
        resource = self.env["graphql_api.resource"].create(
            {"type_name": "Item", "collection": "items", "model": "account.move.line"}
        )
        rule = Document("move_id", (("state", "=", "draft"),))
        self.assertEqual(resource._get_document(), rule)
        resource.document_domain = "[]"
        self.assertEqual(resource._get_document(), Document("move_id"))
