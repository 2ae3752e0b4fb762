"""What a hostile client of a policy tries that grants a part of resources."""

from ..cases.narrowed_keys import NarrowedKeyCase
from .test_policy_filters import OWN, FilterCase


class TestNamesOfOwners(FilterCase):
    """Activities name the record that they belong to, with what Odoo composes its name of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        records = (cls.below, cls.mine, cls.my_order)
        for record in records:
            record.activity_schedule(
                "mail.mail_activity_data_todo", summary="Zact", user_id=cls.seller.id
            )
        cls.env.flush_all()

    def names(self, *lines):
        """Return the names that activities show under a policy with these lines."""
        lines = (*lines, self.line("Activity"), self.line("SaleOrder", ["read"]))
        self.headers = self.narrowed_key(*lines, login=self.login)
        data = self.ask(
            '{ activities(filter: {summary: {eq: "Zact"}}, orderBy: [{id: ASC}]) '
            "{ nodes { recordName } } }"
        )
        nodes = [node["recordName"] for node in data["activities"]["nodes"]]
        path = "/api/activities?filter[summary][eq]=Zact&sort=id&fields=record_name"
        self.assertEqual([row["record_name"] for row in self.get(path)["data"]], nodes)
        return nodes

    def test_shown(self):
        order = self.my_order.name
        whole = self.names(self.line("Customer"))
        self.assertEqual(whole, ["Ztheirs, Zbelow", "Zmine", order])
        self.assertEqual(self.names(self.line("Customer", filter=OWN)), ["Zbelow", "Zmine", order])
        self.assertEqual(self.names(self.line("Customer", read=["city"])), [None, None, order])

    def test_not_compared(self):
        self.names(self.line("Customer", filter=OWN))
        for query in (
            '{ activities(filter: {recordName: {contains: "Ztheirs"}}) { totalCount } }',
            "{ activities(orderBy: [{recordName: ASC}]) { totalCount nodes { id } } }",
            "{ activitiesAggregate(groupBy: [{recordName: true}]) { count } }",
        ):
            with self.subTest(query):
                response = self.graphql_response(query, headers=self.headers).json()
                self.assertEqual(response["errors"][0]["extensions"]["code"], "FORBIDDEN")
                self.assertNotIn("Ztheirs", str(response.get("data")))
        path = "/api/activities?filter[record_name][contains]=Ztheirs"
        self.get(path, status=403)
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Activity")])
        resource.order = "record_name desc"
        ids = [row["id"] for row in self.get("/api/activities?fields=id")["data"]]
        self.assertEqual(ids, sorted(ids))


class TestNamesTakenOver(NarrowedKeyCase):
    """A line is for its own resource, whatever else gets the name of its type later."""

    def take_over(self):
        """Let tags of customers have the names of countries, which are archived."""
        resources = self.env["graphql_api.resource"]
        country, tag = (
            resources.search([("type_name", "=", name)]) for name in ("Country", "CustomerTag")
        )
        country.active = False
        tag.write({"type_name": "Country", "collection": "countries"})
        self.env["res.partner.category"].create([{"name": "Ztag"}, {"name": "Zsecret"}])

    def test_nothing_is_granted(self):
        headers = self.narrowed_key(self.line("Country"))
        self.rest("/api/countries", headers=headers)
        self.take_over()
        self.rest("/api/countries", status=404, headers=headers)
        self.assertEqual(self.rest("/api/me", headers=headers)["data"]["resources"], [])

    def test_filters_stay(self):
        text = '[("name", "=", "Ztag")]'
        for lines in (
            (self.line("Country"), self.line("CustomerTag", filter=text)),
            (self.line("CustomerTag", filter=text), self.line("Country")),
        ):
            with self.subTest(lines), self.cr.savepoint() as savepoint:
                headers = self.narrowed_key(*lines)
                self.take_over()
                rows = self.rest("/api/countries?fields=name", headers=headers)["data"]
                self.assertEqual(rows, [{"name": "Ztag"}])
                savepoint.rollback()
