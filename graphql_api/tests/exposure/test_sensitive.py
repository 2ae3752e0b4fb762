"""What the catalog exposes: nothing that opens a door, and nothing about anybody's money."""

import base64
import re
from collections import defaultdict

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..cases.api import ApiCase

SENSITIVE = re.compile(
    r"""
    passw | passphrase | secret | token | api_?key | credential | totp | otp_ | oauth | hash(ed)?$
    | checksum | signature | sanitized | webhook | private | signup
    | bank | iban | acc_number | acc_holder | bic$ | account_id | _account | payable | receivable
    | payment_link | card_number | journal
    | salary | wage | payslip | contract | hourly | cost | standard_price | purchase_price | margin
    | valuation | ^value$ | _value$ | balance | credit | debit | debt | total_due | total_overdue
    | total_invoiced | ssn | sinid | identification | passport | visa | birth | gender | marital
    | spouse | emergency | ^pin$ | certificate | permit | pass_id
    | access_url | access_warning | store_fname | db_datas | index_content | ^raw$
    | message_ | activity_ | ^login | _login | groups_id | group_ids | rule_
    """,
    re.VERBOSE,
)
"""Names of Odoo fields that hold, or lead to, what a catalog must not open."""

_JOURNAL = "the name and the kind of a journal, without its accounts"
_ACTIVITY = "what a salesperson does next with a lead"

HARMLESS = {
    ("Invoice", "journal_id"): _JOURNAL,
    ("Refund", "journal_id"): _JOURNAL,
    ("VendorBill", "journal_id"): _JOURNAL,
    ("VendorRefund", "journal_id"): _JOURNAL,
    ("Payment", "journal_id"): _JOURNAL,
    ("PaymentMethod", "journal_id"): _JOURNAL,
    ("ProductTemplateAttributeValue", "product_attribute_value_id"): "a size, a colour",
    ("Lead", "activity_date_deadline"): _ACTIVITY,
    ("Lead", "activity_summary"): _ACTIVITY,
    ("Lead", "activity_user_id"): _ACTIVITY,
    ("SaleOrder", "require_signature"): "tells that the customer has to sign, not how",
}
"""(type, Odoo field) whose name only looks sensitive -> why it is not."""

FOR_GROUPS = {
    ("Lead", "activity_date_deadline"): "activities; Odoo refuses them to portal users",
    ("Lead", "activity_summary"): "activities; Odoo refuses them to portal users",
    ("Lead", "activity_user_id"): "activities; Odoo refuses them to portal users",
    ("SaleOrder", "tag_ids"): "labels of salespeople; Odoo refuses them to everybody else",
}
"""(type, Odoo field) that Odoo limits to groups and the catalog exposes -> why."""

CLOSED = {
    "account.move": (
        "access_token",
        "access_url",
        "bank_partner_id",
        "partner_bank_id",
        "line_ids",
    ),
    "account.account": ("current_balance", "opening_balance", "opening_credit", "opening_debit"),
    "account.journal": (
        "bank_account_id",
        "bank_acc_number",
        "default_account_id",
        "kanban_dashboard",
    ),
    "account.payment": ("partner_bank_id", "destination_account_id", "move_id", "qr_code"),
    "account.payment.method.line": ("payment_account_id", "default_account_id"),
    "account.tax": ("repartition_line_ids", "cash_basis_transition_account_id"),
    "account.move.line": ("account_id", "balance", "credit", "debit", "payment_id"),
    "hr.employee.public": ("employee_id", "birthday_public_display_string", "hr_presence_state"),
    "ir.attachment": (
        "access_token",
        "checksum",
        "db_datas",
        "index_content",
        "raw",
        "store_fname",
    ),
    "product.product": ("standard_price", "total_value", "avg_cost"),
    "product.template": ("standard_price", "property_account_income_id"),
    "project.task": ("access_token", "access_url", "message_ids", "rating_ids"),
    "purchase.order": ("access_token", "access_url"),
    "res.company": ("bank_ids", "bank_journal_ids"),
    "res.partner": ("bank_ids", "credit", "debit", "credit_limit", "signup_type", "user_ids"),
    "res.users": ("login", "password", "api_key_ids", "totp_secret", "group_ids", "signature"),
    "sale.order": ("access_token", "access_url", "signature", "transaction_ids", "margin"),
    "sale.order.line": ("purchase_price", "margin", "margin_percent"),
    "stock.move": ("price_unit", "value", "account_move_id"),
    "stock.quant": ("value", "cost_method", "accounting_date"),
}
"""Model -> fields that it may have and that must stay closed, whatever they are called."""

CALLED = {
    "account.move": {"action_post", "action_register_payment", "button_cancel", "button_draft"},
    "account.move.reversal": {"refund_moves"},
    "account.payment": {"action_cancel", "action_draft", "action_post"},
    "account.payment.register": {"action_create_payments"},
    "crm.lead": {"action_restore", "action_set_won"},
    "crm.lead2opportunity.partner": {"action_apply"},
    "crm.lead.lost": {"action_lost_reason_apply"},
    "mail.compose.message": {"action_send_mail"},
    "sale.advance.payment.inv": {"create_invoices"},
    "purchase.order": {
        "action_create_invoice",
        "action_rfq_send",
        "button_approve",
        "button_cancel",
        "button_confirm",
        "button_draft",
        "button_lock",
        "button_unlock",
    },
    "sale.order": {
        "action_cancel",
        "action_confirm",
        "action_draft",
        "action_lock",
        "action_quotation_send",
        "action_unlock",
    },
    "stock.backorder.confirmation": {"process", "process_cancel_backorder"},
    "stock.picking": {
        "action_assign",
        "action_cancel",
        "action_confirm",
        "button_validate",
        "do_unreserve",
    },
    "stock.quant": {"action_apply_inventory"},
    "stock.return.picking": {"action_create_returns"},
    "stock.scrap": {"action_validate"},
}
"""Model -> its methods that actions of the catalog call: they do business, and are said in the
table of the documentation."""

HARMLESS_ARGUMENTS = {
    ("AcceptSaleOrder", "signature"): "the image that a customer signs with, written alone",
    ("CreateCreditNoteInvoice", "journal_id"): "in which journal the caller credits",
    **{
        (f"RegisterPayment{type_name}", name): reason
        for type_name in ("Invoice", "Refund", "VendorBill", "VendorRefund")
        for name, reason in {
            "journal_id": "in which journal the caller pays",
            "writeoff_account_id": "on which account the caller writes off",
        }.items()
    },
}
"""(action and type, Odoo field) of arguments that only look sensitive -> why they are not."""


IN_ADDONS = {
    "mail.activity": "Activity",
    "mail.activity.type": "ActivityType",
    "mail.followers": "Follower",
    "mail.message": "Message",
    "mail.message.subtype": "MessageSubtype",
}
"""Model -> type, of what addons beside this one expose: their own tests list the fields."""

IN_ADDONS_METHODS = "graphql_api_"
"""How the methods of their actions begin."""


@tagged("post_install", "-at_install", "generated")
class TestSensitive(ApiCase):
    """The fields of all resources, in a database with all apps of the catalog."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        schema = cls.env["graphql_api.schema"]._get_schema()
        cls.resources = schema.resources.values()
        cls.exposed = [
            (resource, field)
            for resource in cls.resources
            for field in resource.fields.values()
            if resource.model not in IN_ADDONS and field.relation not in IN_ADDONS.values()
        ]

    def test_names(self):
        """Neither the name of a field nor that of what it is related to looks sensitive."""
        found = set()
        for resource, field in self.exposed:
            model_field = self.env[resource.model]._fields[field.field]
            names = [field.name, field.field, *(model_field.related or "").split(".")]
            if any(SENSITIVE.search(name) for name in names):
                found.add((resource.type_name, field.field))
        self.assertEqual(found, set(HARMLESS))

    def test_groups(self):
        """What Odoo keeps for some groups is not exposed without a reason."""
        found = set()
        for resource, field in self.exposed:
            model_field = self.env[resource.model]._fields[field.field]
            while model_field is not None:
                if model_field.groups:
                    found.add((resource.type_name, field.field))
                model_field = model_field.related_field
        self.assertEqual(found, set(FOR_GROUPS))

    def test_closed(self):
        found = [
            (resource.model, field.field)
            for resource, field in self.exposed
            if field.field in CLOSED.get(resource.model, ())
        ]
        self.assertEqual(found, [])

    def test_the_patterns_find_what_the_models_have(self):
        """They would notice: the models have such fields, which the catalog leaves out."""
        for model, name in (
            ("res.partner", "bank_ids"),
            ("res.partner", "credit"),
            ("res.users", "password"),
            ("product.product", "standard_price"),
            ("sale.order", "access_token"),
            ("sale.order", "signature"),
            ("account.move.line", "balance"),
            ("ir.attachment", "store_fname"),
            ("ir.attachment", "access_token"),
        ):
            self.assertIn(name, self.env[model]._fields)
            self.assertRegex(name, SENSITIVE)

    def test_models(self):
        """No resource is about credentials, rights, mail or the configuration of Odoo."""
        closed = re.compile(
            r"^(ir\.(?!attachment$)|base\.|bus\.|mail\.|auth|res\.(bank|partner\.bank|groups|config|lang"
            r"|users\.)|payment\.|hr\.(?!employee\.public$|department$)"
            r"|account\.(?!(account|move|move\.line|payment|payment\.term|payment\.method\.line|journal|tax"
            r"|fiscal\.position)$)"
            r"|graphql_api\.|iap\.|fetchmail)"
        )
        models = {resource.model for resource, _field in self.exposed}
        self.assertEqual([model for model in models if closed.search(model)], [])

    def test_actions(self):
        """Actions do the business that is listed here, by these methods and by no others."""
        called = defaultdict(set)
        for resource in self.resources:
            for action in resource.actions.values():
                if resource.model in IN_ADDONS or action.method.startswith(IN_ADDONS_METHODS):
                    continue
                if action.method:
                    called[resource.model].add(action.method)
                for dialog in action.dialogs:
                    called[dialog.model].add(dialog.method)
        self.assertEqual(called, CALLED)

    def test_arguments(self):
        """Neither the name of an argument nor that of its field looks sensitive."""
        found = {
            (shape.type_name, argument.field)
            for resource in self.resources
            for shape in resource.argument_shapes
            for argument in shape.arguments.values()
            if SENSITIVE.search(argument.name) or SENSITIVE.search(argument.field)
        }
        self.assertEqual(found - set(HARMLESS_ARGUMENTS), set())

    def test_reports(self):
        """Reports are for whom the document is made; few of them are for the portal."""
        schema = self.env["graphql_api.schema"]._get_schema()
        found = {
            (resource.type_name, report.xml_id, report.portal)
            for resource in schema.resources.values()
            for report in resource.reports.values()
        }
        self.assertEqual(
            found,
            {
                ("Invoice", "account.account_invoices", False),
                ("Invoice", "account.account_invoices_without_payment", True),
                ("SaleOrder", "sale.action_report_saleorder", True),
                ("Transfer", "stock.action_report_delivery", False),
            },
        )


@tagged("post_install", "-at_install")
class TestAttachments(ApiCase):
    """Files are reached through what they belong to; what is not exposed keeps its files."""

    login = "clerk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,account.group_account_invoice,project.group_project_manager"
        cls.clerk = new_test_user(cls.env, "clerk", groups=groups, lang="en_US")
        cls.partner = cls.env["res.partner"].create({"name": "Zpartner"})

    def attach(self, record=None, **values):
        """Return an attachment of a record."""
        if record is not None:
            values |= {"res_model": record._name, "res_id": record.id}
        return self.env["ir.attachment"].create({"name": "Zfile.txt", "raw": b"secret", **values})

    def domains(self):
        """Yield the domain of the catalog, then none at all: what is closed stays closed."""
        resource = self.env["graphql_api.resource"].search([("model", "=", "ir.attachment")])
        yield resource.domain
        resource.domain = "[]"
        yield resource.domain

    def assert_reachable(self, attachment, reachable: bool, **kwargs):
        """Check every way to an attachment; what is closed is as good as missing."""
        path = f"/api/attachments/{attachment.id}"
        status = 200 if reachable else 404
        self.rest(path, status=status, **kwargs)
        response = self.http("GET", f"{path}/content", **kwargs)
        self.assertEqual(response.status_code, status, response.text[:500])
        query = """query ($id: ID!) {
          attachment(id: $id) { name content { url } }
          byId: attachments(filter: {id: {eq: $id}}) { totalCount nodes { id } }
          byModel: attachments(filter: {resModel: {eq: "%s"}, id: {eq: $id}}) { totalCount }
          byName: attachments(filter: {name: {eq: "%s"}, id: {eq: $id}}) { totalCount }
          found: attachments(search: "%s", filter: {id: {eq: $id}}) { totalCount }
        }"""
        query %= (attachment.res_model or "", attachment.name, attachment.name)
        data = self.graphql(query, {"id": str(attachment.id)}, **kwargs)
        self.assertEqual(data["attachment"] is not None, reachable)
        counts = {key: data[key]["totalCount"] for key in ("byId", "byName", "found")}
        self.assertEqual(counts, dict.fromkeys(counts, int(reachable)))
        self.assertEqual(data["byModel"]["totalCount"], int(reachable and attachment.res_id != 0))
        if not reachable:
            for method, body in (("PATCH", b'{"name": "Zother"}'), ("DELETE", None)):
                headers = {"Content-Type": "application/json"}
                self.rest(path, method=method, status=404, data=body, headers=headers, **kwargs)
            self.assertTrue(attachment.exists())

    def test_of_a_resource(self):
        self.assert_reachable(self.attach(self.partner), True)

    def test_of_a_model_that_is_no_resource(self):
        """Odoo shows these to the user; the API does not."""
        bank = self.env["res.bank"].create({"name": "Zbank"})
        attachment = self.attach(bank)
        attachment.with_user(self.clerk).check_access("read")
        for _domain in self.domains():
            for login in ("clerk", "admin"):
                self.assert_reachable(attachment, False, login=login)
            self.assert_reachable(self.attach(bank, public=True), False)

    def test_of_a_resource_that_was_archived(self):
        attachment = self.attach(self.partner)
        resource = self.env["graphql_api.resource"].search([("model", "=", "res.partner")])
        resource.active = False
        self.assert_reachable(attachment, False)

    def test_outside_of_the_domain(self):
        """Bookkeeping and templates of projects are no records of a resource."""
        moves = self.env["account.move"]
        entry = moves.create({"move_type": "entry"})
        invoice = moves.create({"move_type": "out_invoice", "partner_id": self.partner.id})
        projects = self.env["project.project"]
        template = projects.create({"name": "Ztemplate", "is_template": True})
        project = projects.create({"name": "Zproject"})
        for record, reachable in (
            (entry, False),
            (invoice, True),
            (template, False),
            (project, True),
        ):
            with self.subTest(record._name, reachable=reachable):
                attachment = self.attach(record)
                attachment.with_user(self.clerk).check_access("read")
                self.assert_reachable(attachment, reachable)

    def test_of_a_hidden_record(self):
        attachment = self.attach(self.partner)
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": repr([("id", "!=", self.partner.id)]),
            }
        )
        self.assert_reachable(attachment, False)

    def test_of_a_field(self):
        """A field's file is served as the field, if that is exposed; not by its own id."""
        image = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        self.partner.image_1920 = image
        order.signature = image
        files = self.env["ir.attachment"].search(
            [
                ("res_field", "!=", False),
                "|",
                *("&", ("res_model", "=", "sale.order"), ("res_id", "=", order.id)),
                *("&", ("res_model", "=", "res.partner"), ("res_id", "=", self.partner.id)),
            ]
        )
        self.assertLessEqual({"signature", "image_1920"}, set(files.mapped("res_field")))
        files = files.filtered(lambda file: file.res_field in ("signature", "image_1920"))
        for _domain in self.domains():
            for login in ("clerk", "admin"):
                for file in files:
                    self.assert_reachable(file, False, login=login)

    def test_of_nobody(self):
        """A file that belongs to no record is its creator's."""
        own = self.attach()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_uid = %s WHERE id = %s", [self.clerk.id, own.id]
        )
        own.invalidate_recordset()
        self.assert_reachable(own, True)
        self.assert_reachable(own, False, login="demo")

    def test_attached_where_nothing_can_be_reached(self):
        """Nothing is kept, and a record that is hidden looks like one that is missing."""
        bank = self.env["res.bank"].create({"name": "Zbank"})
        before = self.env["ir.attachment"].search_count([])
        for model, number in (("res.bank", bank.id), ("res.bank", 2000000000), ("no.model", 1)):
            body = f'{{"name": "Z", "res_model": "{model}", "res_id": {number}}}'.encode()
            self.rest(
                "/api/attachments",
                method="POST",
                status=403,
                data=body,
                headers={"Content-Type": "application/json"},
                login="admin",
            )
        self.assertEqual(self.env["ir.attachment"].search_count([]), before)

    def test_filters_do_not_look_behind_rules(self):
        """Odoo searches attachments with sudo; a company that is not the caller's stays dark."""
        other = self.env["res.company"].create({"name": "Zcompany"})
        attachment = self.attach(self.partner, company_id=other.id)
        self.assert_reachable(attachment, True)
        query = "query ($filter: AttachmentFilter) { attachments(filter: $filter) { totalCount } }"
        for company in ({"name": {"eq": "Zcompany"}}, {"id": {"eq": str(other.id)}}):
            for condition in ({"company": company}, {"or": [{"company": company}]}):
                condition["id"] = {"eq": str(attachment.id)}
                data = self.graphql(query, {"filter": condition})
                self.assertEqual(data["attachments"]["totalCount"], 0, condition)
        self.clerk.company_ids = [Command.link(other.id)]
        data = self.graphql(query, {"filter": {"company": {"name": {"eq": "Zcompany"}}}})
        self.assertEqual(data["attachments"]["totalCount"], 1)
