"""Deltas over REST, and what there is of them for whom: routes, documents, policies, names."""

from odoo.exceptions import RedirectWarning, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.graphql_api.tests.cases.scoped_keys import ScopedKeyCase

PATH = "/api/customers/changes"
FILTER = "filter[name][startsWith]=Zann"


@tagged("post_install", "-at_install")
class TestChangesRest(ScopedKeyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create([{"name": f"Zann {n}"} for n in range(3)])
        cls.env.flush_all()

    def read_rows(self, path="", **kwargs) -> tuple[list, dict]:
        body = self.rest(f"{PATH}?{FILTER}{path}", **kwargs)
        self.assertEqual(set(body["meta"]), {"removed", "token", "has_more"})
        return body["data"], body["meta"]

    def post(self, status=200, **members):
        return self.rest(PATH, method="POST", json=members, status=status)

    def test_without_known(self):
        rows, meta = self.read_rows()
        self.assertEqual((rows, meta["removed"], meta["has_more"]), ([], [], False))
        rows, meta = self.read_rows(f"&fields=id,name,country.code&limit=2&since={meta['token']}")
        # All that the transaction of the test has written is later than any token.
        expected = [{"id": each.id, "name": each.name, "country": None} for each in self.customers]
        self.assertEqual(rows, expected[:2])
        self.assertEqual((meta["removed"], meta["has_more"]), ([], True))
        rows, meta = self.read_rows(f"&fields=id,name,country.code&limit=2&since={meta['token']}")
        self.assertEqual((rows, meta["has_more"]), (expected[2:], False))

    def test_with_known(self):
        chosen = {"name": {"startsWith": "Zann"}}
        start = self.post(filter=chosen)["meta"]["token"]
        self.customers[0].active = False
        gone, *held = self.customers.ids
        known = [gone, str(held[0])]
        body = self.post(since=start, known=known, filter=chosen, fields="id", limit=10)
        self.assertEqual([row["id"] for row in body["data"]], held)
        self.assertEqual(body["meta"]["removed"], [gone])
        body = self.post(
            since=self.post(filter=chosen, include_archived=True)["meta"]["token"],
            known=[gone],
            filter=chosen,
            include_archived=True,
        )
        self.assertEqual(body["meta"]["removed"], [])

    def test_it_counts_as_reading(self):
        self.set_setting("metrics_networks", "127.0.0.0/8")

        def counted(operation):
            lines = self.http("GET", "/api/metrics", login=None).text.splitlines()
            wanted = ("graphql_api_requests_total", f'operation="{operation}"', 'status="200"')
            found = [line for line in lines if all(part in line for part in wanted)]
            return sum(float(line.split()[-1]) for line in found)

        before = [counted("rest_read"), counted("rest_write")]
        self.post()
        after = [counted("rest_read"), counted("rest_write")]
        self.assertEqual(after, [before[0] + 1, before[1]])

    def test_a_token_is_the_same_in_both_apis(self):
        query = """query ($since: String) {
            customersChanges(since: $since, filter: {name: {startsWith: "Zann"}}) {
                token changed { nodes { id } }
            }
        }"""
        token = self.graphql(query)["customersChanges"]["token"]
        rows, meta = self.read_rows(f"&fields=id&since={token}")
        self.assertEqual([row["id"] for row in rows], self.customers.ids)
        changed = self.graphql(query, {"since": meta["token"]})["customersChanges"]["changed"]
        self.assertEqual([int(node["id"]) for node in changed["nodes"]], self.customers.ids)

    def test_bodies_that_are_refused(self):
        start = self.post()["meta"]["token"]
        for field, members in (
            ("unknown", {"unknown": 1}),
            ("since", {"since": 5}),
            ("since", {"since": "nonsense"}),
            ("known", {"known": 5}),
            ("known", {"known": [[]]}),
            ("known", {"known": [True]}),
            ("known", {"known": [0]}),
            ("known", {"known": [2**40]}),
            ("known", {"known": list(range(1, 10_002))}),
            ("known", {"since": None, "known": [5]}),
            ("filter", {"filter": []}),
            ("filter[name]", {"filter": {"name": "x"}}),
            ("fields", {"fields": []}),
            ("fields", {"fields": "nonsense"}),
            ("limit", {"limit": "5"}),
            ("limit", {"limit": True}),
            ("limit", {"limit": 0}),
            ("limit", {"limit": 100_000}),
            ("include_archived", {"include_archived": "yes"}),
        ):
            with self.subTest(members=str(members)[:80]):
                error = self.post(400, **{"since": start, **members})
                self.assertIn(error["errors"][0]["field"].split("[")[0], field)
        self.assertEqual(self.rest(PATH, method="POST", json=[], status=400)["status"], "error")
        self.rest(PATH, method="POST", data="a=b", status=415)
        self.rest(f"{PATH}?limit=x", status=400)
        self.rest(f"{PATH}?sort=name", status=400)
        self.rest(f"{PATH}?known=5", status=400)

    def test_a_change_of_rights_asks_for_a_new_copy(self):
        _rows, meta = self.read_rows()
        self.env["ir.rule"].create(
            {
                "name": "Some customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[('ref', '!=', 'secret')]",
            }
        )
        error = self.rest(f"{PATH}?{FILTER}&since={meta['token']}", status=410)
        self.assertEqual(error["code"], "RESYNC_REQUIRED")
        query = """query ($since: String) {
            customersChanges(since: $since, filter: {name: {startsWith: "Zann"}}) { token }
        }"""
        self.graphql(
            query, {"since": meta["token"]}, errors=[("RESYNC_REQUIRED", ["customersChanges"])]
        )

    def test_methods(self):
        methods = "GET, HEAD, POST, OPTIONS"
        for method in ("PUT", "PATCH", "DELETE"):
            response = self.http(method, PATH, json={"name": "Zann"})
            self.assertEqual(response.status_code, 405)
            self.assertEqual(response.headers["Allow"], methods)
        self.assertEqual(self.http("OPTIONS", PATH).headers["Allow"], methods)
        # A collection whose changes are not tracked has no such address, whatever the method.
        for method in ("GET", "POST", "OPTIONS"):
            response = self.http(method, "/api/users/changes", json={})
            self.assertEqual(response.status_code, 404)

    def test_nothing_is_a_dry_run(self):
        response = self.http("POST", PATH, json={}, headers={"Prefer": "dry-run"})
        self.assertEqual(response.status_code, 200)
        self.assertNotIn("Preference-Applied", response.headers)

    def test_index_and_document(self):
        index = {entry["name"]: entry for entry in self.rest("/api")["data"]}
        self.assertIn("changes", index["customers"]["features"])
        self.assertNotIn("changes", index["users"].get("features", ()))
        document = self.http("GET", "/api/openapi.json").json()
        paths = document["paths"]
        self.assertEqual({"get", "post"} - set(paths[PATH]), set())
        self.assertNotIn("/api/users/changes", paths)
        gone = document["components"]["responses"]["Gone"]["content"]["application/json"]["schema"]
        self.assertEqual(gone["allOf"][1]["properties"]["code"]["enum"], ["RESYNC_REQUIRED"])
        codes = document["components"]["schemas"]["error"]["properties"]["code"]["enum"]
        self.assertIn("RESYNC_REQUIRED", codes)
        parameters = {each.get("name") for each in paths[PATH]["get"]["parameters"]}
        self.assertIn("since", parameters)

    def test_names_that_are_taken(self):
        customer = self.env.ref("graphql_api.customer")
        with self.assertRaisesRegex(ValidationError, "changes is not the name of an action"):
            customer.action_ids = [
                Command.create({"name": "changes", "method": "message_subscribe"})
            ]
        values = {"type_name": "Other", "collection": "customers-changes", "model": "res.bank"}
        with self.assertRaisesRegex(RedirectWarning, "customersChanges"):
            self.env["graphql_api.resource"].create(values)

    def test_under_a_policy(self):
        """It needs the right to read the resource, and nothing that additions by addons need."""
        for grants, status in (
            ({"Customer": ["read"]}, 200),
            ({"Customer": ["create"]}, 404),
            ({"Country": ["read"]}, 404),
        ):
            headers = self.scoped_key(self.policy(grants, allow_extensions=False))
            self.rest(PATH, headers=headers, status=status)
            self.rest(PATH, method="POST", json={}, headers=headers, status=status)
        policy = self.policy({"Customer": ["read"]}, read_only=True)
        headers = self.scoped_key(policy)
        start = self.rest(f"{PATH}?{FILTER}", headers=headers)["meta"]["token"]
        self.rest(f"{PATH}?{FILTER}&since={start}", headers=headers)
        # The token is worth nothing once the policy has another filter.
        first = self.customers[0]
        policy.right_ids.record_filter = f'[("id", "!=", {first.id})]'
        self.rest(f"{PATH}?{FILTER}&since={start}", headers=headers, status=410)
        start = self.rest(f"{PATH}?{FILTER}", headers=headers)["meta"]["token"]
        rows = self.rest(f"{PATH}?{FILTER}&fields=id&since={start}", headers=headers)["data"]
        self.assertEqual([row["id"] for row in rows], self.customers[1:].ids)

    def test_without_tracking_there_is_nothing(self):
        self.env.ref("graphql_api.customer").is_tracked = False
        self.rest(PATH, status=404)
        query = "{ customersChanges { token } }"
        response = self.graphql_response(query)
        errors = response.json()["errors"]
        self.assertEqual(errors[0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED")
