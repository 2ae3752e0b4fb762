"""An administrator decides in the screens what clients reach."""

from ..cases.browser import BrowserCase

_RESOURCES = "/odoo/action-graphql_api.resource_action"


class TestResourceScreens(BrowserCase):
    def setUp(self):
        super().setUp()
        self.log_in()

    def test_expose_a_model(self):
        """What the wizard exposes answers at once, with what was ticked and no more."""
        job = self.env["hr.job"].create({"name": "Beekeeper", "no_of_recruitment": 3})
        self.rest("/api/hr-jobs", status=404)
        with self.browser() as page:
            self.visit(_RESOURCES)
            page.get_by_role("button", name="Expose a Model").last.click()
            wizard = page.locator(".modal")
            wizard.get_by_role("combobox", name="Model").fill("Job Pos")
            wizard.get_by_role("option", name="Job Position hr.job").click()
            sequence = self.row("Sequence", wizard)
            sequence.get_by_role("cell", name="Sequence", exact=True).click()
            sequence.get_by_role("checkbox").first.uncheck()
            wizard.get_by_role("textbox", name="Collection").fill("jobs")
            wizard.get_by_role("textbox", name="Type").fill("Job")
            wizard.get_by_role("textbox", name="Type").blur()
            self.settle()
            self.screenshot("resource-expose")
            wizard.get_by_role("button", name="Expose", exact=True).click()
            page.locator(".o_form_view .o_breadcrumb").get_by_text("Job", exact=True).wait_for()
        fields = "name,no_of_recruitment,department"
        body = self.rest(f"/api/jobs/{job.id}?fields={fields}")
        self.assertEqual(
            body["data"], {"name": "Beekeeper", "no_of_recruitment": 3, "department": None}
        )
        self.assertNotIn("sequence", self.rest(f"/api/jobs/{job.id}")["data"])
        query = "query Job($id: ID!) { job(id: $id) { name } }"
        self.assertEqual(self.graphql(query, {"id": job.id})["job"], {"name": "Beekeeper"})

    def test_close_a_field(self):
        """A field that is no longer ticked is gone at the next request."""
        self.assertIn("phone", self.rest("/api/customers?limit=1")["data"][0])
        with self.browser() as page:
            self.visit(_RESOURCES)
            self.screenshot("resources")
            page.get_by_role("cell", name="Customer", exact=True).click()
            page.get_by_role("textbox", name="Collection").wait_for()
            self.settle()
            self.screenshot("resource")
            phone = self.row("phone")
            phone.get_by_role("cell", name="phone", exact=True).first.click()
            phone.get_by_role("checkbox").first.uncheck()
            page.get_by_role("button", name="Save manually").click()
            page.get_by_role("button", name="Save manually").wait_for(state="hidden")
        self.assertNotIn("phone", self.rest("/api/customers?limit=1")["data"][0])
        self.rest("/api/customers?limit=1&fields=phone", status=400)

    def test_exposed_already(self):
        """The wizard says of a model as what it is exposed, and leads there."""
        with self.browser() as page:
            self.visit(_RESOURCES)
            page.get_by_role("button", name="Expose a Model").last.click()
            wizard = page.locator(".modal")
            wizard.get_by_role("combobox", name="Model").fill("res.partner")
            wizard.get_by_role("option", name="Contact res.partner", exact=True).click()
            wizard.get_by_text("res.partner is exposed already, as Customer.").wait_for()
            wizard.get_by_role("button", name="Open It").click()
            page.locator(".o_form_view .o_breadcrumb").get_by_text("Customer").wait_for()

    def test_mistakes_are_refused(self):
        """The form says what is wrong with a name, leads to who has it, and keeps nothing."""
        with self.browser() as page:
            self.visit(_RESOURCES)
            page.get_by_role("cell", name="Customer", exact=True).click()
            page.get_by_role("textbox", name="Type").fill("Company")
            page.get_by_role("button", name="Save manually").click()
            dialog = page.locator(".modal").filter(has_text="needs the type Company")
            dialog.get_by_role("button", name="Open Company").click()
            dialog.wait_for(state="detached")
            page.locator(".o_form_view .o_breadcrumb").get_by_text("Company").wait_for()
        self.assertEqual(
            self.graphql("{ customers(first: 1) { nodes { __typename } } }"),
            {"customers": {"nodes": [{"__typename": "Customer"}]}},
        )
