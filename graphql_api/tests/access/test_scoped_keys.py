"""Keys under a policy: what it does not grant does not exist for them."""

from datetime import timedelta

from ..cases.scoped_keys import ScopedKeyCase


class TestScopedKeys(ScopedKeyCase):
    def setUp(self):
        super().setUp()
        self.headers = self.scoped_key(self.policy(self.grants))

    def test_what_is_granted_works(self):
        countries = self.graphql(
            '{ countries(filter: {code: {eq: "BE"}}) { nodes { code currency { id } } } }',
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
            headers=self.headers,
        )
        countries = self.graphql(
            '{ countries(filter: {code: {eq: "BE"}}) { nodes { code } } }', headers=self.headers
        )
        self.assertEqual(countries, {"countries": {"nodes": [{"code": "BE"}]}})
        belgium = self.env.ref("base.be").id
        data = self.graphql(
            f'mutation {{ createCustomer(input: {{name: "Ann", country: "{belgium}"}}) {{ id }} }}',
            headers=self.headers,
        )
        customer = self.env["res.partner"].browse(int(data["createCustomer"]["id"]))
        self.assertEqual(customer.country_id.code, "BE")

    def test_the_rest_is_not_there(self):
        for text in (
            "{ customers { totalCount } }",
            '{ customer(id: "1") { id } }',
            "{ companies { totalCount } }",
            "{ countries { nodes { states { name } } } }",
            '{ countries(filter: {states: {some: {name: {eq: "x"}}}}) { totalCount } }',
            'mutation { createCustomer(input: {name: "x"}) { name } }',
            'mutation { createCustomer(input: {name: "x"}) { displayName } }',
            'mutation { updateCustomer(id: "1", input: {name: "x"}) { id } }',
            'mutation { deleteCustomer(id: "1") }',
            '{ __type(name: "Company") { name } nope }',
            "{ me { user { name } } }",
        ):
            self.graphql(text, errors=[("GRAPHQL_VALIDATION_FAILED", None)], headers=self.headers)
        data = self.graphql('{ __type(name: "Company") { name } }', headers=self.headers)
        self.assertEqual(data, {"__type": None})

    def test_rest(self):
        self.rest("/api/countries", headers=self.headers)
        self.rest("/api/customers", status=404, headers=self.headers)
        self.rest("/api/companies", status=404, headers=self.headers)
        names = [item["name"] for item in self.rest("/api", headers=self.headers)["data"]]
        self.assertEqual(names, ["countries", "customers"])
        body = self.rest(
            "/api/customers", method="POST", status=201, headers=self.headers, json={"name": "Bob"}
        )
        self.assertEqual(list(body["data"]), ["id"])

    def test_read_only(self):
        headers = self.scoped_key(self.policy(None, read_only=True))
        self.graphql("{ customers(first: 1) { totalCount } }", headers=headers)
        self.graphql(
            'mutation { createCustomer(input: {name: "x"}) { id } }',
            errors=[("GRAPHQL_VALIDATION_FAILED", None)],
            headers=headers,
        )
        self.rest("/api/customers", method="POST", status=403, headers=headers, json={"name": "x"})

    def test_a_change_of_the_policy_counts_at_once(self):
        policy = self.policy(self.grants)
        headers = self.scoped_key(policy)
        self.rest("/api/countries", headers=headers)
        policy.right_ids.filtered("allow_read").unlink()
        self.rest("/api/countries", status=404, headers=headers)
        policy.active = False
        self.rest("/api/countries", status=401, headers=headers)

    def test_a_change_of_a_policy_builds_no_schema(self):
        schemas = self.env["graphql_api.schema"]
        built = schemas._get_schema()
        self.policy(None, name="Another").requests_per_minute = 5
        self.assertIs(schemas._get_schema(), built)

    def test_networks(self):
        policy = self.policy(self.grants, networks="192.0.2.0/24, 2001:db8::/32")
        headers = self.scoped_key(policy)
        self.rest("/api/countries", status=403, headers=headers)
        policy.networks = "127.0.0.1"
        self.rest("/api/countries", headers=headers)

    def test_expired_revoked_and_archived(self):
        policy = self.policy(self.grants)
        expired = self.scoped_key(policy, expires=timedelta(days=-1))
        self.rest("/api/countries", status=401, headers=expired)
        headers = self.scoped_key(policy, "demo")
        self.rest("/api/countries", headers=headers)
        self.user("demo").active = False
        self.rest("/api/countries", status=401, headers=headers)
        revoked = self.env["graphql_api.key"].search([("user_id.login", "=", "admin")])
        revoked.unlink()
        self.rest("/api/countries", status=401, headers=self.headers)

    def test_it_ends_with_its_row_of_odoo(self):
        key = self.env["graphql_api.key"].search([], limit=1)
        key.apikey_id._remove()
        self.env.invalidate_all()
        self.assertFalse(key.exists())
        self.rest("/api/countries", status=401, headers=self.headers)

    def test_it_works_below_api_alone(self):
        response = self.http(
            "POST", "/json/2/res.country/search_count", headers=self.headers, json={"domain": []}
        )
        self.assertEqual(response.status_code, 401)
