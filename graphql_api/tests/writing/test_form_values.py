"""What a record is given that a client does not send: as Odoo's own form would give it.

The forms are those of Odoo's screens, filled in as a person does (odoo/tests/form.py).
"""

from odoo.fields import Command
from odoo.models import BaseModel
from odoo.tests import Form, tagged

from ..cases.writing import WriteCase

DRY = {"Prefer": "dry-run"}
NOT_COMPARED = {
    *("id", "create_uid", "write_uid"),
    # Each record has its own.
    *("access_token", "highest_name", "name", "payment_reference", "sequence_number"),
}
LINES = ("order_line", "invoice_line_ids")
DOCUMENTS = ("sale.order", "account.move", "purchase.order")


@tagged("post_install", "-at_install")
class TestFormValues(WriteCase):
    """A customer and a vendor abroad, with prices, terms and addresses of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.ref("base.main_company")
        prices = cls.env.ref("product.group_product_pricelist")
        cls.env.ref("base.group_user").implied_ids += prices
        taxes = cls.env["account.tax"].create(
            [
                {"name": f"Z{use}", "amount": 21, "type_tax_use": use, "company_id": company.id}
                for use in ("sale", "purchase")
            ]
        )
        position = cls.env["account.fiscal.position"].create({"name": "Zabroad"})
        for tax in taxes:
            tax.copy(
                {
                    "name": f"{tax.name}0",
                    "amount": 0,
                    "fiscal_position_ids": [Command.set(position.ids)],
                    "original_tax_ids": [Command.set(tax.ids)],
                }
            )
        term = cls.env["account.payment.term"].create({"name": "Zterm"})
        cls.product = cls.env["product.product"].create(
            {
                "name": "Zproduct",
                "list_price": 100,
                "taxes_id": [Command.set(taxes[0].ids)],
                "supplier_taxes_id": [Command.set(taxes[1].ids)],
            }
        )
        pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Zprices",
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": 10, "min_quantity": 5}
                    )
                ],
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Zcustomer",
                "email": "z@example.com",
                "phone": "033",
                "city": "Ghent",
                "property_payment_term_id": term.id,
                "property_supplier_payment_term_id": term.id,
                "property_account_position_id": position.id,
                "specific_property_product_pricelist": pricelist.id,
                "child_ids": [
                    Command.create({"name": f"Z{kind}", "type": kind})
                    for kind in ("invoice", "delivery")
                ],
            }
        )
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.customer.id,
                "product_tmpl_id": cls.product.product_tmpl_id.id,
                "price": 70,
                "min_qty": 5,
            }
        )

    def form(self, model: str, **context) -> Form:
        """Return a form of Odoo as the caller of the API has it."""
        user = self.user(self.login)
        env = self.env(user=user, su=False, context={"lang": "en_US", "tz": user.tz, **context})
        return Form(env[model])

    def post(self, path: str, body: dict) -> int:
        """Create a record, and see that a dry run shows the same first; return its id."""
        preview = self.http("POST", path, json=body, headers=DRY)
        self.assertEqual(preview.status_code, 201, preview.text[:2000])
        shown = self.write_rest("POST", path, body, status=201)
        # Timestamps, which end in Z, are those of each request.
        own = {"id", "name", "version", "display_name"}
        expected = preview.json()["data"]
        for name in shown.keys() - own:
            if not (isinstance(shown[name], list) or str(shown[name]).endswith("Z")):
                self.assertEqual(shown[name], expected[name], name)
        return shown["id"]

    def differences(self, found: BaseModel, expected: BaseModel) -> set[str]:
        """Return the names of stored fields whose values differ, also in the lines."""
        names = set()
        for name, field in found._fields.items():
            if not field.store or name in NOT_COMPARED or field.type in ("binary", "datetime"):
                continue
            if name in LINES:
                self.assertEqual(len(found[name]), len(expected[name]))
                for lines in zip(found[name], expected[name], strict=True):
                    names |= {f"{name}.{other}" for other in self.differences(*lines)}
            elif field.type == "one2many" or field.comodel_name in DOCUMENTS:
                continue
            elif found[name] != expected[name]:
                names.add(name)
        return names

    def test_order(self):
        with self.form("sale.order") as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_uom_qty = 6
        lines = {"create": [{"product": self.product.id, "quantity": 6}]}
        body = {"customer": self.customer.id, "order_lines": lines}
        order = self.env["sale.order"].browse(self.post("/api/sale-orders", body))
        self.assertEqual(self.differences(order, form.record), set())
        self.assertEqual(order.partner_invoice_id.name, "Zinvoice")
        self.assertEqual(order.partner_shipping_id.name, "Zdelivery")
        self.assertEqual(order.payment_term_id.name, "Zterm")
        self.assertEqual(order.fiscal_position_id.name, "Zabroad")
        self.assertEqual(order.order_line.tax_ids.name, "Zsale0")
        self.assertEqual(order.amount_total, 540)

    def test_invoice(self):
        with self.form("account.move", default_move_type="out_invoice") as form:
            form.partner_id = self.customer
            with form.invoice_line_ids.new() as line:
                line.product_id = self.product
                line.quantity = 6
        lines = {"create": [{"product": self.product.id, "quantity": 6}]}
        body = {"customer": self.customer.id, "invoice_lines": lines}
        invoice = self.env["account.move"].browse(self.post("/api/invoices", body))
        self.assertEqual(self.differences(invoice, form.record), set())
        self.assertEqual(invoice.invoice_payment_term_id.name, "Zterm")
        self.assertEqual(invoice.invoice_line_ids.tax_ids.name, "Zsale0")

    def test_purchase_order(self):
        """What only an ``@api.onchange`` sets is set in Odoo's form alone."""
        with self.form("purchase.order") as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product
                line.product_qty = 6
        lines = {"create": [{"product": self.product.id, "quantity": 6}]}
        body = {"vendor": self.customer.id, "order_lines": lines}
        order = self.env["purchase.order"].browse(self.post("/api/purchase-orders", body))
        left_out = {"fiscal_position_id", "payment_term_id"}
        self.assertEqual(self.differences(order, form.record), left_out)
        self.assertEqual(order.order_line.price_unit, 70)
        self.assertEqual(order.order_line.tax_ids.name, "Zpurchase0")

    def test_lead(self):
        with self.form("crm.lead") as form:
            form.name = "Zlead"
            form.partner_id = self.customer
        body = {"name": "Zlead", "customer": self.customer.id}
        lead = self.env["crm.lead"].browse(self.post("/api/leads", body))
        self.assertEqual(self.differences(lead, form.record), set())
        self.assertEqual(lead.city, "Ghent")

    def test_task(self):
        project = self.env["project.project"].create(
            {"name": "Zproject", "partner_id": self.customer.id}
        )
        with self.form("project.task") as form:
            form.name = "Ztask"
            form.project_id = project
        body = {"name": "Ztask", "project": project.id}
        task = self.env["project.task"].browse(self.post("/api/tasks", body))
        self.assertEqual(self.differences(task, form.record), set())

    def test_contact(self):
        with self.form("res.partner") as form:
            form.name = "Zcontact"
            form.parent_id = self.customer
        body = {"name": "Zcontact", "parent": self.customer.id}
        contact = self.env["res.partner"].browse(self.post("/api/customers", body))
        self.assertEqual(self.differences(contact, form.record), set())
        self.assertEqual(contact.city, "Ghent")
