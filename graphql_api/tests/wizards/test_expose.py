"""The wizard that exposes a model: what it offers, proposes and makes."""

from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import Form, tagged

from ...wizards.proposals import offered_fields, propose_names
from ..cases.api import ApiCase

TECHNICAL = ("id", "display_name", "create_uid", "write_uid", "create_date", "write_date")
TECHNICAL += ("access_token", "parent_path", "__last_update")


@tagged("post_install", "-at_install")
class ExposeCase(ApiCase):
    def model(self, name: str):
        return self.env["ir.model"]._get(name)

    def form(self, model_name: str) -> Form:
        form = Form(self.env["graphql_api.expose"], "graphql_api.expose_view_form")
        form.model_id = self.model(model_name)
        return form

    def lines(self, form) -> dict[str, dict]:
        """Return the lines of a form by the technical name of the field."""
        lines = {}
        for index in range(len(form.field_ids)):
            with form.field_ids.edit(index) as line:
                lines[line.field_name] = {
                    name: getattr(line, name)
                    for name in ("is_exposed", "api_name", "note", "is_writable", "can_write")
                }
        return lines

    def set_line(self, form, field_name: str, **values):
        for index in range(len(form.field_ids)):
            with form.field_ids.edit(index) as line:
                if line.field_name == field_name:
                    for name, value in values.items():
                        setattr(line, name, value)
                    return
        self.fail(f"{field_name} is not offered")

    def expose(self, form):
        """Confirm the form and return the resource that it opens."""
        action = form.save().action_expose()
        return self.env[action["res_model"]].browse(action["res_id"])

    def create_custom_model(self, name="x_pets", **fields):
        """Create a model and fields as an administrator does in Odoo's settings."""
        model = self.env["ir.model"].create({"name": "Animals at Home", "model": name})
        for field_name, field_type in fields.items():
            self.create_custom_field(model, field_name, field_type)
        return model

    def create_custom_field(self, model, name, ttype, **values):
        return self.env["ir.model.fields"].create(
            {
                "model_id": model.id,
                "name": name,
                "field_description": name.removeprefix("x_").capitalize(),
                "ttype": ttype,
                "state": "manual",
                **values,
            }
        )


class TestProposal(ExposeCase):
    def test_models(self):
        """Models with records, also those that a resource exposes already."""
        available = self.env["graphql_api.expose"].new().available_model_ids.mapped("model")
        for name in ("res.bank", "res.partner.industry", "calendar.event", "res.partner"):
            self.assertIn(name, available)
        for name in (
            "mail.thread",  # abstract
            "base.module.update",  # a wizard
            "graphql_api.resource",
        ):
            self.assertNotIn(name, available)

    def test_names(self):
        others = [("Bank", "banks"), ("Pet", "dogs")]
        for model, type_name, collection in (
            ("res.partner.industry", "PartnerIndustry", "partner-industries"),
            ("res.bank", "ResBank", "res-banks"),
            ("sale.order.template", "SaleOrderTemplate", "sale-order-templates"),
            ("event.event", "Event", "events"),
            ("mail.mass_mailing", "MailMassMailing", "mail-mass-mailings"),
            ("x_studio_dogs", "XStudioDog", "x-studio-dogs"),
            ("x_studio_cats", "Cat", "cats"),
            ("x_categories", "Category", "categories"),
            ("x_news", "News", "newses"),
            ("x_addresses", "Address", "addresses"),
            ("x_me", "XMe", "x-mes"),
            ("x_2nd", "X2nd", "x-2nds"),
            ("res.query", "ResQuery", "res-queries"),
        ):
            with self.subTest(model):
                self.assertEqual(propose_names(model, others), (type_name, collection))

    def test_operations(self):
        """Reading, unless more is chosen."""
        form = self.form("res.bank")
        self.assertEqual(
            (form.allow_read, form.allow_create, form.allow_update, form.allow_delete),
            (True, False, False, False),
        )
        self.assertEqual((form.type_name, form.collection), ("Bank", "banks"))
        lines = self.lines(form)
        self.assertTrue(lines["name"]["is_exposed"])
        self.assertFalse(any(line["is_writable"] for line in lines.values()))
        resource = self.expose(form)
        self.assertFalse(any(resource.field_ids.mapped("writable")))

    def test_harmless_fields(self):
        """On models with much that is none of a client's business."""
        self.env["graphql_api.resource"].search([("model", "=", "res.users")]).active = False
        for name in ("res.users", "hr.employee", "product.template", "res.partner.bank"):
            model = self.env[name]
            resources = self.env["graphql_api.resource"].with_context(
                active_test=False, install_mode=True
            )
            resources.search([("model", "=", name)]).model = "not.installed"
            with self.subTest(name):
                lines = self.lines(self.form(name))
                self.assertTrue(any(line["is_exposed"] for line in lines.values()))
                for field_name, line in lines.items():
                    self.assert_harmless(model._fields[field_name], line)

    def assert_harmless(self, field, line):
        name = field.name
        self.assertFalse(name.startswith(("message_", "activity_", "website_message_")), name)
        self.assertNotIn(name, TECHNICAL)
        if not line["is_exposed"]:
            self.assertTrue(line["note"], name)
            return
        self.assertFalse(line["note"], name)
        self.assertFalse(field.groups, name)
        self.assertNotIn(field.type, ("binary", "image"))
        for word in ("password", "token", "secret", "bank", "salary", "wage", "cost", "balance"):
            self.assertNotIn(word, name)
        self.assertNotIn("sanitized", name)
        inherited = field
        while inherited.inherited:
            inherited = inherited.related_field
        self.assertTrue(inherited.store, name)
        if field.relational:
            exposed = {*self.env["graphql_api.resource"].search([]).mapped("model")}
            self.assertIn(field.comodel_name, exposed | {field.model_name})

    def test_reservations(self):
        self.env.ref("graphql_api.state").active = False
        lines = self.lines(self.form("res.bank"))
        self.assertTrue(lines["country"]["is_exposed"])
        self.assertEqual(
            (lines["state"]["is_exposed"], lines["state"]["note"]),
            (False, "Leads to res.country.state, which is not exposed"),
        )
        lines = self.lines(self.form("res.partner.bank"))
        self.assertEqual(lines["acc_number"]["note"], "Sounds confidential")
        self.assertEqual(lines["sanitized_acc_number"]["note"], "Sounds confidential")

    def test_every_model_can_be_proposed(self):
        """Whatever is in the database, a proposal comes out."""
        expose = self.env["graphql_api.expose"]
        for model in expose.new().available_model_ids:
            proposal = expose.new({"model_id": model.id})
            with self.subTest(model.model):
                self.assertTrue(proposal.type_name and proposal.collection)
                names = proposal.field_ids.mapped("api_name")
                self.assertEqual(len(names), len(set(names)))
                self.assertEqual(
                    set(proposal.field_ids.mapped("field_name")),
                    {field.name for field in offered_fields(self.env[model.model])},
                )


class TestExposed(ExposeCase):
    def test_a_model(self):
        self.env["res.bank"].create({"name": "Reserve", "city": "Ghent"})
        self.rest("/api/banks", status=404)
        form = self.form("res.bank")
        self.set_line(form, "city", api_name="town")
        self.set_line(form, "bic", is_exposed=True)
        self.set_line(form, "street", is_exposed=False)
        resource = self.expose(form)
        self.assertEqual(resource.status, "Served")
        bank = self.rest("/api/banks?fields=name,town,bic&name=Reserve")["data"][0]
        self.assertEqual(bank, {"name": "Reserve", "town": "Ghent", "bic": None})
        self.rest("/api/banks?fields=street", status=400)
        self.rest("/api/banks?fields=create_uid", status=400)
        data = self.graphql(
            '{ banks(filter: {town: {eq: "Ghent"}, name: {eq: "Reserve"}}) { nodes { name } } }'
        )
        self.assertEqual(data["banks"]["nodes"], [{"name": "Reserve"}])
        self.rest("/api/banks", method="POST", json={"name": "Other"}, status=403)

    def test_writing_is_an_explicit_choice(self):
        form = self.form("res.bank")
        form.allow_create = True
        self.assertTrue(self.lines(form)["name"]["is_writable"])
        self.set_line(form, "city", is_writable=False)
        resource = self.expose(form)
        self.rest("/api/banks", method="POST", json={"name": "Other"}, status=201)
        self.rest("/api/banks", method="POST", json={"name": "No", "city": "A"}, status=400)
        bank = self.env["res.bank"].search([("name", "=", "Other")])
        self.rest(f"/api/banks/{bank.id}", method="PATCH", json={"name": "New"}, status=403)
        self.assertTrue(resource.allow_create)
        self.assertFalse(resource.allow_update or resource.allow_delete)

    def test_a_custom_model(self):
        fields = {"x_studio_colour": "char", "x_studio_legs": "integer", "x_legs": "integer"}
        model = self.create_custom_model("x_pets", **fields, x_passwords="text")
        owner = self.create_custom_field(model, "x_owner_id", "many2one", relation="res.partner")
        self.create_custom_field(model, "x_photo", "binary")
        self.env["ir.model.access"].create(
            {
                "name": "pets",
                "model_id": model.id,
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        ann = self.env["res.partner"].create({"name": "Ann"})
        rex = self.env["x_pets"].create(
            {"x_name": "Rex", "x_studio_colour": "brown", "x_legs": 4, owner.name: ann.id}
        )
        form = self.form("x_pets")
        lines = self.lines(form)
        self.assertEqual(
            {name: line["api_name"] for name, line in lines.items() if line["is_exposed"]},
            {
                "x_name": "name",
                "x_studio_colour": "colour",
                "x_legs": "legs",
                # legs is taken
                "x_studio_legs": "x_studio_legs",
                "x_owner_id": "owner",
            },
        )
        self.assertFalse(lines["x_passwords"]["is_exposed"] or lines["x_photo"]["is_exposed"])
        resource = self.expose(form)
        self.assertEqual((resource.type_name, resource.collection), ("Pet", "pets"))
        pet = self.rest(f"/api/pets/{rex.id}?fields=name,colour,legs,owner.name")["data"]
        self.assertEqual(
            pet, {"name": "Rex", "colour": "brown", "legs": 4, "owner": {"name": "Ann"}}
        )
        self.assertEqual(
            self.graphql('{ pets(filter: {colour: {eq: "brown"}}) { nodes { name } } }')["pets"],
            {"nodes": [{"name": "Rex"}]},
        )

    def test_a_custom_field_of_a_shipped_model(self):
        self.create_custom_field(self.model("res.bank"), "x_studio_rating", "integer")
        self.create_custom_field(self.model("res.bank"), "x_bic", "char")
        self.create_custom_field(self.model("res.bank"), "x_studio_version", "char")
        lines = self.lines(self.form("res.bank"))
        self.assertEqual(lines["x_studio_rating"]["api_name"], "rating")
        self.assertEqual(lines["x_bic"]["api_name"], "x_bic", "bic is taken")
        self.assertEqual(lines["x_studio_version"]["api_name"], "x_studio_version")
        self.expose(self.form("res.bank"))
        self.rest("/api/banks?fields=rating,x_bic,x_studio_version")

    def test_a_field_that_goes(self):
        """A field that is removed in Odoo's settings leaves the API as it was."""
        field = self.create_custom_field(self.model("res.bank"), "x_studio_rating", "integer")
        resource = self.expose(self.form("res.bank"))
        self.rest("/api/banks?fields=rating,name")
        field.unlink()
        self.rest("/api/banks?fields=rating,name", status=400)
        self.rest("/api/banks?fields=name")
        line = resource.field_ids.filtered(lambda line: line.field_name == "x_studio_rating")
        self.assertEqual(line.status, "The model has no such field.")
        line.active = False
        resource.description = "Still editable"

    def test_mistakes(self):
        form = self.form("res.bank")
        form.collection = "countries-of-origin"
        form.type_name = "Query"
        with self.assertRaisesRegex(ValidationError, "the type Query"), self.env.cr.savepoint():
            form.save().action_expose()
        expose = self.form("res.bank").save()
        resource = self.expose(self.form("res.bank"))
        with self.assertRaisesRegex(RedirectWarning, "exposed already") as refused:
            expose.action_expose()
        action = refused.exception.args[1]
        self.assertEqual(action["res_id"], resource.id)

    def test_a_model_that_is_exposed_already(self):
        """The wizard says as what, leads there, and exposes it once more under other names."""
        form = self.form("res.partner")
        customer = self.env.ref("graphql_api.customer")
        self.assertEqual(form.exposed_text, "res.partner is exposed already, as Customer.")
        wizard = form.save()
        self.assertEqual(wizard.open_exposed()["res_id"], customer.id)
        partner = wizard.action_expose()
        self.assertNotEqual(partner["res_id"], customer.id)
        self.rest("/api/customers?limit=1")
        self.rest(f"/api/{self.env['graphql_api.resource'].browse(partner['res_id']).collection}")
        customer.active = False
        wizard = self.form("res.partner").save()
        self.assertIn("Customer (archived)", wizard.exposed_text)
        shown = wizard.open_exposed()
        resources = self.env[shown["res_model"]].with_context(**shown["context"])
        self.assertIn(customer, resources.search(shown["domain"]))

    def test_only_administrators(self):
        for name in ("graphql_api.expose", "graphql_api.expose.field"):
            for login in ("demo", "portal"):
                with self.assertRaises(AccessError):
                    self.env[name].with_user(self.user(login)).check_access("create")
