"""Visits over HTTP, as an administrator and as a user with visits of their own."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools.convert import convert_file

from odoo.addons.graphql_api.tests.common import ApiCase

LOG_VISIT = """mutation ($input: LogVisitInput!) {
    logVisit(input: $input) { id subject date state customer { name visitCount } }
}"""


class VisitCase(ApiCase):
    login = "demo"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        demo = cls.user("demo")
        # In its time zone a new day may have begun.
        cls.today = fields.Date.context_today(demo.with_context(tz=demo.tz))
        cls.ann, cls.bob = cls.env["res.partner"].create(
            [{"name": "Ann", "street": "Main Street 1", "city": "Ghent"}, {"name": "Bob"}]
        )
        cls.planned, cls.done, cls.hidden = cls.env["customer.visit"].create(
            [
                {
                    "partner_id": cls.ann.id,
                    "user_id": cls.user(login).id,
                    "date": cls.today,
                    "subject": subject,
                    "state": state,
                }
                for login, subject, state in (
                    ("demo", "Offer", "planned"),
                    ("demo", "Contract", "done"),
                    ("admin", "Secret", "done"),
                )
            ]
        )


@tagged("post_install", "-at_install")
class TestFields(VisitCase):
    def test_address(self):
        data = self.graphql(f'{{ customer(id: "{self.ann.id}") {{ address }} }}')
        self.assertEqual(data["customer"]["address"], "Main Street 1, Ghent")
        data = self.rest(f"/api/customers/{self.ann.id}?fields=address")["data"]
        self.assertEqual(data["address"], "Main Street 1, Ghent")

    def test_visits_are_those_that_the_caller_sees(self):
        query = f"""{{ customer(id: "{self.ann.id}") {{
            visitCount lastVisit {{ subject }} visits {{ subject }}
        }} }}"""
        customer = self.graphql(query)["customer"]
        self.assertEqual(customer["visitCount"], 2)
        self.assertEqual(customer["lastVisit"], {"subject": "Contract"})
        self.assertEqual(len(customer["visits"]), 2)
        self.assertEqual(self.graphql(query, login="admin")["customer"]["visitCount"], 3)

    def test_many_customers_take_as_many_queries_as_few(self):
        names = [f"Zann {number}" for number in range(50)]
        customers = self.env["res.partner"].create([{"name": name} for name in names])
        self.env["customer.visit"].create(
            [{"partner_id": id, "subject": "Hello", "state": "done"} for id in customers.ids]
        )
        query = """query ($first: Int) {
            customers(first: $first, filter: {name: {startsWith: "Zann"}}) {
                nodes { visitCount lastVisit { subject } }
            }
        }"""
        few = self.query_count(query, {"first": 5}, login="admin")
        many = self.query_count(query, {"first": 50}, login="admin")
        self.assertEqual(few, many)


@tagged("post_install", "-at_install")
class TestQueries(VisitCase):
    def test_customers_to_visit(self):
        query = """query ($since: Date!, $first: Int!) {
            customersToVisit(since: $since, first: $first) { name address }
        }"""
        variables = {"since": str(self.today), "first": 100}
        names = [one["name"] for one in self.graphql(query, variables)["customersToVisit"]]
        self.assertIn("Bob", names)
        self.assertNotIn("Ann", names)
        errors = [("BAD_USER_INPUT", ["customersToVisit"])]
        self.graphql(query, {**variables, "first": 0}, errors=errors)

    def test_visit_summary(self):
        query = """query ($start: Date!, $end: Date!) {
            visitSummary(start: $start, end: $end) { planned done }
        }"""
        variables = {"start": str(self.today), "end": str(self.today)}
        data = self.graphql(query, variables)
        self.assertEqual(data["visitSummary"], {"planned": 1, "done": 1})
        errors = [("BAD_USER_INPUT", ["visitSummary"])]
        self.graphql(query, {**variables, "end": "2000-01-01"}, errors=errors)


@tagged("post_install", "-at_install")
class TestLogVisit(VisitCase):
    def log_visit(self, *, errors=(), login="", **values):
        variables = {"input": {"customer": str(self.bob.id), "subject": "Hello", **values}}
        return self.graphql(LOG_VISIT, variables, errors=errors, login=login)

    def test_it_returns_the_visit(self):
        visit = self.log_visit(note="Likes tea")["logVisit"]
        record = self.env["customer.visit"].browse(int(visit.pop("id")))
        self.assertEqual(
            visit,
            {
                "subject": "Hello",
                "date": str(self.today),
                "state": "done",
                "customer": {"name": "Bob", "visitCount": 1},
            },
        )
        self.assertEqual((record.note, record.user_id.login), ("Likes tea", "demo"))

    def test_mistakes_are_explained(self):
        values = {"customer": str(self.bob.id), "subject": "Hello", "date": "2999-01-01"}
        (error,) = self.graphql_response(LOG_VISIT, {"input": values}).json()["errors"]
        self.assertIn(f"not after today, {self.today}", error["message"])
        self.assertEqual(error["extensions"]["code"], "BAD_USER_INPUT")
        self.assertEqual(error["extensions"]["errors"][0]["field"], "input.date")
        self.log_visit(customer="999999", errors=[("NOT_FOUND", ["logVisit"])])
        self.log_visit(date="tomorrow", errors=[("BAD_USER_INPUT", None)])

    def test_it_asks_for_the_right_to_create(self):
        rights = self.env.ref("graphql_api_example.access_customer_visit_user")
        rights.perm_create = False
        self.log_visit(errors=[("FORBIDDEN", ["logVisit"])])
        rights.perm_create = True
        self.env.ref("graphql_api_example.visit").allow_create = False
        self.log_visit(login="admin", errors=[("FORBIDDEN", ["logVisit"])])


@tagged("post_install", "-at_install")
class TestResource(VisitCase):
    def test_rest(self):
        rows = self.rest("/api/visits?fields=subject,customer.name&sort=id")["data"]
        ann = {"name": "Ann"}
        self.assertEqual(
            rows,
            [{"subject": "Offer", "customer": ann}, {"subject": "Contract", "customer": ann}],
        )
        self.rest(f"/api/visits/{self.hidden.id}", status=404)
        body = {"customer": self.bob.id, "subject": "Hello"}
        self.rest("/api/visits", method="POST", json=body, status=201)
        self.rest(f"/api/visits/{self.done.id}", method="DELETE", status=403)

    def test_action(self):
        path = f"/api/visits/{self.planned.id}/complete"
        self.assertEqual(self.rest(path, method="POST")["data"]["state"], "done")
        query = f'mutation {{ completeVisit(id: "{self.planned.id}") {{ state }} }}'
        self.graphql(query, errors=[("VALIDATION_FAILED", ["completeVisit"])])

    def test_openapi(self):
        document = self.http("GET", "/api/openapi.json").json()
        self.assertIn("/api/visits/{id}/complete", document["paths"])
        customer = document["components"]["schemas"]["Customer"]["properties"]
        self.assertLessEqual({"visits", "visit_count", "last_visit", "address"}, set(customer))

    def test_customers_have_pages_of_forty(self):
        self.env["res.partner"].create([{"name": f"Zann {number}"} for number in range(45)])
        self.assertEqual(len(self.rest("/api/customers?fields=id")["data"]), 40)

    def test_an_upgrade_keeps_what_the_administrator_changed(self):
        customer = self.env.ref("graphql_api.customer")
        visit = self.env.ref("graphql_api_example.visit")
        customer.default_page_size = 7
        visit.order = "subject asc"
        convert_file(self.env, "graphql_api_example", "data/resources.xml", {}, mode="update")
        self.assertEqual((customer.default_page_size, visit.order), (7, "subject asc"))


@tagged("post_install", "-at_install")
class TestPolicy(VisitCase):
    def setUp(self):
        super().setUp()
        self.policy = self.env.ref("graphql_api_example.policy")
        expiration = fields.Datetime.add(fields.Datetime.now(), days=1)
        key = self.env["graphql_api.key"]._generate(
            self.user(self.login), self.policy, "test", expiration
        )
        self.headers = {"Authorization": f"Bearer {key}"}

    def test_the_app_reaches_what_it_needs_and_nothing_else(self):
        variables = {"input": {"customer": str(self.bob.id), "subject": "Hello"}}
        visit = self.graphql(LOG_VISIT, variables, headers=self.headers)["logVisit"]
        self.assertEqual(visit["subject"], "Hello")
        self.rest("/api/countries", headers=self.headers, status=404)

    def test_additions_are_there_only_where_the_policy_allows_them(self):
        self.policy.allow_extensions = False
        data = self.graphql("{ visits { nodes { subject } } }", headers=self.headers)
        self.assertEqual(len(data["visits"]["nodes"]), 2)
        query = "{ customers { nodes { visitCount } } }"
        errors = [("GRAPHQL_VALIDATION_FAILED", None)]
        self.graphql(query, headers=self.headers, errors=errors)
        query = '{ visitSummary(start: "2026-01-01", end: "2026-01-02") { done } }'
        self.graphql(query, headers=self.headers, errors=errors)


@tagged("post_install", "-at_install")
class TestLatest(VisitCase):
    def test_both_apis(self):
        expected = [self.done, self.planned]
        data = self.graphql("{ visitsLatest { id subject } }")["visitsLatest"]
        self.assertEqual([node["id"] for node in data], [str(visit.id) for visit in expected])
        rows = self.rest("/api/visits/latest?fields=id,customer.name")["data"]
        self.assertEqual(rows[0], {"id": self.done.id, "customer": {"name": "Ann"}})
        self.assertEqual(len(rows), 2)
        data = self.graphql("{ customersLatest { name } }")["customersLatest"]
        self.assertEqual(len(data), 5)

    def test_its_address(self):
        response = self.http("POST", "/api/visits/latest", json={})
        self.assertEqual(response.status_code, 405)
        self.assertEqual(response.headers["Allow"], "GET, HEAD, OPTIONS")
        index = {entry["name"]: entry for entry in self.rest("/api")["data"]}
        self.assertEqual(index["visits"]["features"], ["latest"])
        document = self.http("GET", "/api/openapi.json").json()
        self.assertIn("get", document["paths"]["/api/visits/latest"])
        self.rest("/api/visits/latest?nonsense=1", status=400)
        self.rest("/api/nonsense/latest", status=404)
