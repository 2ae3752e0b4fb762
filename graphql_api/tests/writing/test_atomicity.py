"""All or nothing: of a request in which anything fails, nothing is kept."""

from functools import wraps
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..cases.api import ApiCase

CREATE = """mutation (
  $a: CustomerCreateInput!, $b: CustomerCreateInput!, $c: CustomerCreateInput!
) {
  first: createCustomer(input: $a) { id }
  second: createCustomer(input: $b) { id }
  third: createCustomer(input: $c) { id }
}"""
WITHOUT_NAME = {"type": "contact", "name": None}
"""Odoo itself takes it; a constraint of the table refuses it."""

NO_OFFSET = "No offset today."
REFUSED = "Refused in the end."


class AtomicityCase(ApiCase):
    """Partners whose names begin with Z tell what was kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Zbefore", "city": "Aalst"})
        cls.tag = cls.env["res.partner.category"].create({"name": "Ztag", "color": 1})

    def setUp(self):
        super().setUp()
        self.calls = []

    def spy(self, model: str, method: str, after=lambda records: None):
        """Return a context in which calls of a method are noted, and followed by ``after``."""
        registry_class = self.env.registry[model]
        original = getattr(registry_class, method)

        @wraps(original)
        def spied(records, *args, **kwargs):
            result = original(records, *args, **kwargs)
            self.calls.append(args)
            after(records)
            return result

        return patch.object(registry_class, method, spied)

    def assert_nothing_kept(self):
        """Check the database, and what the next requests read."""
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_context(active_test=False)
        self.assertEqual(partners.search([("name", "=like", "Z%")]).ids, self.partner.ids)
        self.assertEqual((self.partner.name, self.partner.city), ("Zbefore", "Aalst"))
        self.assertFalse(self.partner.category_id)
        self.assertEqual(self.tag.color, 1)
        page = self.rest("/api/customers?filter[name][startsWith]=Z&fields=name,city")
        self.assertEqual(page["data"], [{"name": "Zbefore", "city": "Aalst"}])
        data = self.graphql('{ customers(filter: { name: { startsWith: "Z" } }) { totalCount } }')
        self.assertEqual(data["customers"]["totalCount"], 1)

    def refused(self, query: str, code: str, path, variables=None):
        """Send a mutation of which nothing must be kept, nor answered."""
        data = self.graphql(query, variables, errors=[(code, path)])
        self.assertIsNone(data)
        self.assert_nothing_kept()


@tagged("post_install", "-at_install")
class TestMutations(AtomicityCase):
    """One operation is one transaction, however many mutations it has."""

    def create_three(self, *inputs):
        return dict(zip("abc", inputs, strict=True))

    def test_error_in_the_first_mutation(self):
        """The mutations after it are not executed."""
        inputs = self.create_three(WITHOUT_NAME, {"name": "Zb"}, {"name": "Zc"})
        with self.spy("res.partner", "create"):
            self.refused(CREATE, "VALIDATION_FAILED", ["first"], inputs)
        self.assertEqual(self.calls, [])

    def test_error_in_the_second_mutation(self):
        inputs = self.create_three({"name": "Za"}, WITHOUT_NAME, {"name": "Zc"})
        with self.spy("res.partner", "create"):
            self.refused(CREATE, "VALIDATION_FAILED", ["second"], inputs)
        self.assertEqual(len(self.calls), 1)

    def test_error_in_the_last_mutation(self):
        inputs = self.create_three({"name": "Za"}, {"name": "Zb"}, WITHOUT_NAME)
        with self.spy("res.partner", "create"):
            self.refused(CREATE, "VALIDATION_FAILED", ["third"], inputs)
        self.assertEqual(len(self.calls), 2)

    def test_no_error(self):
        """What the other tests call kept is what these mutations would keep."""
        inputs = self.create_three({"name": "Za"}, {"name": "Zb"}, {"name": "Zc"})
        with self.spy("res.partner", "create"):
            data = self.graphql(CREATE, inputs)
        ids = [int(data[name]["id"]) for name in ("first", "second", "third")]
        self.assertEqual(self.env["res.partner"].browse(ids).mapped("name"), ["Za", "Zb", "Zc"])
        self.assertEqual(len(self.calls), 3)

    def test_different_mutations(self):
        """Updates, links and deletions are undone with the rest."""
        query = """mutation ($id: ID!, $tag: ID!) {
          rename: updateCustomer(id: $id, input: {name: "Zafter", city: "Ghent"}) { name }
          link: updateCustomer(id: $id, input: {tags: {link: [$tag]}}) { id }
          paint: updateCustomerTag(id: $tag, input: {color: 7}) { color }
          remove: deleteCustomer(id: $id)
          missing: deleteCustomer(id: "999999999")
        }"""
        variables = {"id": self.partner.id, "tag": self.tag.id}
        self.refused(query, "NOT_FOUND", ["missing"], variables)

    def test_error_in_an_input(self):
        """What is wrong with a value is found before the record is touched, not undone after."""
        wrong = {"name": "Zb", "country": "999999999"}
        inputs = self.create_three({"name": "Za"}, wrong, {"name": "Zc"})
        with self.spy("res.partner", "create"):
            self.refused(CREATE, "BAD_USER_INPUT", ["second"], inputs)
        self.assertEqual(len(self.calls), 1)

    def test_error_in_a_nested_create(self):
        query = """mutation ($input: CustomerCreateInput!) {
          createCustomer(input: $input) { id children { id } }
        }"""
        children = [{"name": "Zchild", "children": {"create": [{"name": "Zgrandchild"}]}}]
        children.append(WITHOUT_NAME)
        variables = {"input": {"name": "Zparent", "children": {"create": children}}}
        self.refused(query, "VALIDATION_FAILED", ["createCustomer"], variables)

    def test_error_in_a_bulk_create(self):
        query = """mutation ($inputs: [CustomerCreateInput!]!) {
          createCustomers(inputs: $inputs) { id }
        }"""
        variables = {"inputs": [{"name": "Za"}, {"name": "Zb"}, WITHOUT_NAME]}
        self.refused(query, "VALIDATION_FAILED", ["createCustomers"], variables)

    def test_later_mutations_see_earlier_ones(self):
        query = """mutation ($tag: ID!) {
          created: upsertCustomer(by: {ref: "Z-1"}, input: {name: "Zone"}) { id name city }
          same: upsertCustomer(
            by: {ref: "Z-1"}, input: {name: "Ztwo", city: "Ghent", tags: {link: [$tag]}}
          ) { id name city tags { color } }
          paint: updateCustomerTag(id: $tag, input: {color: 9}) { color customers { name } }
          again: upsertCustomer(by: {ref: "Z-1"}, input: {name: "Zthree"}) {
            id name city tags { color }
          }
        }"""
        data = self.graphql(query, {"tag": self.tag.id})
        self.assertEqual(data["same"]["id"], data["created"]["id"])
        self.assertEqual(data["again"]["id"], data["created"]["id"])
        self.assertEqual((data["created"]["name"], data["created"]["city"]), ("Zone", None))
        self.assertEqual((data["same"]["name"], data["same"]["city"]), ("Ztwo", "Ghent"))
        self.assertEqual(data["same"]["tags"], [{"color": 1}])
        self.assertEqual(data["paint"], {"color": 9, "customers": [{"name": "Ztwo"}]})
        self.assertEqual((data["again"]["name"], data["again"]["city"]), ("Zthree", "Ghent"))
        self.assertEqual(data["again"]["tags"], [{"color": 9}])


@tagged("post_install", "-at_install")
class TestAnswers(AtomicityCase):
    """An answer that cannot be given undoes what it would have told about."""

    def without_right_to_read(self, field_name: str):
        """Return a context in which nobody may read a field of partners."""
        registry_class = self.env.registry["res.partner"]
        allowed = registry_class._has_field_access

        def has_field_access(records, field, operation):
            if (field.name, operation) == (field_name, "read"):
                return False
            return allowed(records, field, operation)

        return patch.object(registry_class, "_has_field_access", has_field_access)

    def test_forbidden_field(self):
        query = """mutation ($id: ID!) {
          createCustomer(input: {name: "Zcreated"}) { id }
          updateCustomer(id: $id, input: {city: "Ghent"}) { id comment }
          deleteCustomer(id: $id)
        }"""
        with self.without_right_to_read("comment"):
            path = ["updateCustomer", "comment"]
            self.refused(query, "FORBIDDEN", path, {"id": self.partner.id})

    def test_forbidden_field_over_rest(self):
        with self.without_right_to_read("comment"):
            for method, path in (
                ("POST", "/api/customers"),
                ("PATCH", f"/api/customers/{self.partner.id}"),
            ):
                with self.subTest(method):
                    values = {"name": "Zafter", "city": "Ghent"}
                    self.rest(f"{path}?fields=id,comment", method=method, json=values, status=403)
                    self.assert_nothing_kept()

    def test_error_in_a_later_answer(self):
        """A value that cannot be computed, in the answer of the last mutation."""
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        self.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "tz_offset"}
        )

        def fail(records):
            raise UserError(NO_OFFSET)

        query = """mutation ($id: ID!) {
          createCustomer(input: {name: "Zcreated"}) { id }
          updateCustomer(id: $id, input: {city: "Ghent"}) { id tzOffset }
        }"""
        registry_class = self.env.registry["res.partner"]
        with patch.object(registry_class, "_compute_tz_offset", fail):
            path = ["updateCustomer", "tzOffset"]
            self.refused(query, "VALIDATION_FAILED", path, {"id": self.partner.id})


@tagged("post_install", "-at_install")
class TestEndOfRequest(AtomicityCase):
    """What surfaces only when everything is sent to the database, or after that."""

    def test_constraint_at_flush(self):
        """An update is sent to the database late; the mutation still answers for it."""
        query = """mutation ($id: ID!) {
          createCustomer(input: {name: "Zcreated"}) { id }
          updateCustomer(id: $id, input: {name: null, city: "Ghent"}) { id }
        }"""
        variables = {"id": self.partner.id}
        self.refused(query, "VALIDATION_FAILED", ["updateCustomer"], variables)
        self.rest(
            f"/api/customers/{self.partner.id}",
            method="PATCH",
            json={"name": None, "city": "Ghent"},
            status=422,
        )
        self.assert_nothing_kept()

    def in_both_shapes(self, code: str, status: int):
        """Create a partner in both APIs, be refused with an error of the operation as a whole."""
        query = 'mutation { createCustomer(input: {name: "Zcreated"}) { id } }'
        response = self.graphql_response(query)
        # Like any other operation that was executed.
        self.assertEqual(response.status_code, 200)
        body = response.json()
        self.assertIsNone(body["data"])
        self.assertEqual([error["extensions"]["code"] for error in body["errors"]], [code])
        self.assert_nothing_kept()
        body = self.rest("/api/customers", method="POST", json={"name": "Zc"}, status=status)
        self.assertEqual(body["code"], code)
        self.assert_nothing_kept()

    def test_hook_before_commit(self):
        def refuse():
            raise UserError(REFUSED)

        with self.spy(
            "res.partner", "create", lambda records: records.env.cr.precommit.add(refuse)
        ):
            self.in_both_shapes("VALIDATION_FAILED", 422)

    def test_hook_before_commit_that_writes_what_the_database_refuses(self):
        def add_hook(records):
            records.env.cr.precommit.add(lambda: records.browse(self.partner.id).write(values))

        values = {"name": False, "city": "Ghent"}
        with self.spy("res.partner", "create", add_hook):
            self.in_both_shapes("VALIDATION_FAILED", 422)

    def test_unexpected_error_before_commit(self):
        """An error of the program: an id for the log, and nothing kept."""

        def refuse():
            raise ZeroDivisionError("secret")

        with (
            self.spy("res.partner", "create", lambda records: records.env.cr.precommit.add(refuse)),
            self.assertLogs("odoo.addons.graphql_api", "ERROR") as logs,
        ):
            self.in_both_shapes("INTERNAL_SERVER_ERROR", 500)
        self.assertEqual(len(logs.records), 2)

    def test_work_that_is_left_when_the_answer_is_made(self):
        """Reading the answer may leave something to write, which may fail."""

        def write_late(records):
            if self.calls:
                records.env.cr.precommit.add(
                    lambda: records.env["res.partner"].browse(self.partner.id).write(values)
                )

        values = {"name": False}
        with (
            self.spy("res.partner", "create"),
            self.spy("graphql_api.schema", "_get_schema"),
            self.spy("res.partner", "search_fetch", write_late),
        ):
            body = self.rest("/api/customers", method="POST", json={"name": "Zc"}, status=422)
        self.assertEqual(body["code"], "VALIDATION_FAILED")
        self.assert_nothing_kept()


@tagged("post_install", "-at_install")
class TestLists(AtomicityCase):
    """A list in the body of a REST request is created as a whole."""

    def post_list(self, items, status):
        body = self.rest("/api/customers", method="POST", json=items, status=status)
        if status >= 400:
            self.assert_nothing_kept()
        return body

    def test_wrong_values(self):
        body = self.post_list([{"name": "Za"}, {"name": "Zb", "country": 999999999}], 400)
        self.assertEqual([error["field"] for error in body["errors"]], ["1.country"])
        body = self.post_list([{"name": "Za"}, {"name": "Zb", "colour": 1}], 400)
        self.assertEqual([error["field"] for error in body["errors"]], ["1.colour"])

    def test_refused_by_the_database(self):
        for position in range(3):
            items = [{"name": f"Z{number}"} for number in range(3)]
            items[position] = WITHOUT_NAME
            with self.subTest(position):
                self.post_list(items, 422)

    def test_all_right(self):
        body = self.post_list([{"name": "Zb"}, {"name": "Za"}], 201)
        self.assertEqual([record["name"] for record in body["data"]], ["Zb", "Za"])
