"""Responses that have not changed are not made again, and no others."""

import contextlib
import uuid

from odoo.addons.graphql_api.tests.cases.server import ServerCase, committed, execute, scoped_key

_FIELDS = "id,name,city,country.name,tags.name"


def etag(response) -> str:
    return response.headers["ETag"]


class TestUnchanged(ServerCase):
    """On a server with transactions that really end: a position is one between transactions."""

    def setUp(self):
        super().setUp()
        self.name = f"Zaunkönig {uuid.uuid4()}"
        with committed() as env:
            self.tag = env["res.partner.category"].create({"name": self.name}).id
            values = {"name": self.name, "city": "Ghent", "category_id": [(4, self.tag)]}
            self.customer = env["res.partner"].create(values).id
            self.other = env["res.partner"].create({"name": "Other"}).id
        self.addCleanup(self.remove)
        self.path = f"/api/customers?fields={_FIELDS}&filter[name][eq]={self.name}"

    def remove(self):
        with committed() as env:
            env["res.partner"].browse([self.customer, self.other]).exists().unlink()
            env["res.partner.category"].browse(self.tag).exists().unlink()

    def get(self, path: str, key: str | None = None, **headers: str):
        return self.client(key).send_request("GET", path, headers=headers)

    def tag_of(self, path: str, key: str | None = None, **headers: str) -> str:
        response = self.get(path, key, **headers)
        self.assertEqual(response.status_code, 200, response.text)
        return etag(response)

    def status(self, tag: str, path: str = "", key: str | None = None, **headers: str) -> int:
        response = self.get(path or self.path, key, **{"If-None-Match": tag, **headers})
        if response.status_code == 304:
            self.assertEqual(response.content, b"")
            digests = [each.strip('W/"').partition("~")[0] for each in (tag, etag(response))]
            self.assertEqual(*digests)
            self.assertIn("~", etag(response))
        return response.status_code

    @staticmethod
    def header(response, name: str) -> set[str]:
        return set(response.headers.get(name, "").split(", ")) - {"Accept-Encoding"}

    def log_of(self, action) -> int:
        """Return the number of SQL queries of a request, as the server's log has it."""
        before = len(self.server.log())
        action()
        lines = [line for line in self.server.log()[before:].splitlines() if "HTTP/1.1" in line]
        return int(lines[-1].rsplit(None, 3)[1])

    def test_nothing_is_read_again(self):
        """Over REST and in GraphQL; the number of queries does not depend on what is read.

        The 304 has the headers of the response that it stands for (RFC 9110, 15.4.5).
        """
        query = "{ customers(first: 3) { nodes { name tags { name } country { name } } } }"
        paths = [
            self.path,
            f"/api/graphql?query={query}",
        ]
        unchanged = []
        for path in paths:
            with self.subTest(path):
                tag = self.tag_of(path)
                self.assertIn("~", tag)
                self.assertEqual(self.status(tag, path), 304)
                found, kept = self.get(path), self.get(path, **{"If-None-Match": tag})
                for name in ("Vary", "Cache-Control"):
                    self.assertEqual(self.header(kept, name), self.header(found, name))
                whole = self.log_of(lambda path=path: self.get(path))
                again = self.log_of(lambda path=path, tag=tag: self.status(tag, path))
                self.assertLess(again, whole)
                unchanged.append(again)
        self.assertEqual(len(set(unchanged)), 1, unchanged)

    def test_each_change_counts(self):
        changes = {
            "of the record": "UPDATE res_partner SET city = 'Bruges' WHERE id = %(customer)s",
            "of a related record": "UPDATE res_partner_category SET name = "
            "jsonb_build_object('en_US', 'Other') WHERE id = %(tag)s",
            "of a link": "DELETE FROM res_partner_res_partner_category_rel "
            "WHERE partner_id = %(customer)s",
            "that adds a record": "UPDATE res_partner SET name = %(name)s WHERE id = %(other)s",
            "that removes one": "DELETE FROM res_partner WHERE id = %(customer)s",
        }
        for title, statement in changes.items():
            with self.subTest(title):
                tag = self.tag_of(self.path)
                self.assertEqual(self.status(tag), 304)
                for name in ("customer", "other", "tag", "name"):
                    value = getattr(self, name)
                    statement = statement.replace(f"%({name})s", f"'{value}'")
                execute(statement)
                self.assertEqual(self.status(tag), 200)

    def test_change_that_is_not_seen(self):
        """The response is made again, is still the client's, and tells how far it holds now."""
        tag = self.tag_of(self.path)
        execute(f"UPDATE res_partner SET city = 'Namur' WHERE id = {self.other}")
        made_again = self.log_of(lambda: self.status(tag))
        response = self.get(self.path, **{"If-None-Match": tag})
        self.assertEqual(response.status_code, 304)
        later = etag(response)
        self.assertNotEqual(later, tag)
        self.assertEqual(self.status(later), 304)
        self.assertLess(self.log_of(lambda: self.status(later)), made_again)

    def test_rights(self):
        """A tag is of one caller, under the rights that it had."""
        with committed() as env:
            model = env["ir.model"]._get_id("res.partner")
        with scoped_key("admin", name="Validators") as key:
            tag = self.tag_of(self.path, key)
            self.assertEqual(self.status(tag, key=key), 304)
            with committed() as env:
                domain = f"[('id', '!=', {self.customer})]"
                values = {"name": "Hide", "model_id": model, "domain_force": domain}
                rule = env["ir.rule"].create(values)
            try:
                hidden = self.get(self.path, key, **{"If-None-Match": tag})
                self.assertEqual(hidden.status_code, 200)
                self.assertEqual(hidden.json()["data"], [])
            finally:
                with committed() as env:
                    env["ir.rule"].browse(rule.id).unlink()
            self.assertEqual(self.status(tag, key=key), 304)
            with committed() as env:
                field = env["graphql_api.resource.field"].search(
                    [("resource_id.type_name", "=", "Customer"), ("field_name", "=", "city")]
                )
                field.active = False
            try:
                self.assertNotEqual(self.status(tag, key=key), 304)
            finally:
                with committed() as env:
                    env["graphql_api.resource.field"].browse(field.id).active = True

    def test_values_of_the_caller_in_the_filter_of_a_policy(self):
        policy = self.narrow_policy("[('id', '=', partner)]")
        with scoped_key("admin", **policy) as key:
            path = "/api/customers?fields=id"
            tag = self.tag_of(path, key)
            self.assertEqual(self.status(tag, path, key), 304)
            ((partner,),) = execute("SELECT partner_id FROM res_users WHERE login = 'admin'")
            statement = "UPDATE res_users SET partner_id = %s WHERE login = 'admin'"
            execute(statement, self.customer)
            try:
                self.assertEqual(self.status(tag, path, key), 200)
            finally:
                execute(statement, partner)

    def narrow_policy(self, record_filter: str) -> dict:
        """Return the values of a policy that reads customers alone, of them those in a filter."""
        with committed() as env:
            resource = env.ref("graphql_api.customer").id
        right = {"resource_id": resource, "record_filter": record_filter}
        return {"all_resources": False, "right_ids": [(0, 0, right)]}

    def test_never_where_time_is_part_of_the_answer(self):
        path = "/api/customers?fields=id&limit=1"
        self.assertIn("~", self.tag_of(path))
        for record_filter in (
            "[('create_date', '>=', '-7d')]",
            "[('create_date', 'in', ['now =1d', False])]",
            "[('parent_id', 'any', [('create_date', '<', 'today +1d')])]",
            "[('create_date', '>=', today)]",
            "[('create_date', '>=', '2020-01-01')]",
        ):
            policy = self.narrow_policy(record_filter)
            with self.subTest(record_filter), scoped_key("admin", **policy) as key:
                self.assertNotIn("~", self.tag_of(path, key))
        domain = "[('create_date', '<=', 'now')]"
        with committed() as env:
            resource = env.ref("graphql_api.customer")
            before = resource.domain
            resource.domain = domain
        try:
            self.assertNotIn("~", self.tag_of(path))
        finally:
            with committed() as env:
                env.ref("graphql_api.customer").domain = before
        with committed() as env:
            model = env["ir.model"]._get_id("res.partner")
            values = {"name": "Past", "model_id": model, "domain_force": domain}
            rule = env["ir.rule"].create(values).id
        try:
            self.assertNotIn("~", self.tag_of(path))
        finally:
            with committed() as env:
                env["ir.rule"].browse(rule).unlink()
        self.assertIn("~", self.tag_of(path))

    def test_how_numbers_are_rounded(self):
        """It is of no record, and changes all of them."""
        with committed() as env:
            line = env["sale.order.line"].search([], limit=1)
            before = line.product_uom_qty
            field = env["sale.order.line"]._fields["product_uom_qty"]
            precision = env["decimal.precision"].search([("name", "=", field._digits)])
            digits = precision.digits
        statement = "UPDATE sale_order_line SET product_uom_qty = %s WHERE id = %s"
        execute(statement, 1.25, line.id)
        path = f"/api/sale-order-lines/{line.id}?fields=quantity"
        try:
            tag = self.tag_of(path)
            self.assertEqual(self.status(tag, path), 304)
            with committed() as env:
                env["decimal.precision"].browse(precision.id).digits = 1
            self.assertEqual(self.status(tag, path), 200)
        finally:
            with committed() as env:
                env["decimal.precision"].browse(precision.id).digits = digits
            execute(statement, before, line.id)

    def test_what_is_asked_for(self):
        """A tag is of one request, with its language and its fields."""
        tag = self.tag_of(self.path)
        longer = self.path.replace("city", "city,email")
        self.assertEqual(self.status(tag, longer), 200)
        self.assertEqual(self.status(tag, **{"Accept-Language": "fr"}), 304)
        with committed() as env:
            env["res.partner.category"].browse(self.tag).with_context(lang="fr_FR").name = "Autre"
        self.assertEqual(self.status(self.tag_of(self.path), **{"Accept-Language": "fr"}), 200)

    def test_what_the_log_cannot_tell(self):
        """Values that Odoo computes, names of others and external ids have no validator."""
        for fields in ("external_id", "salesperson_name", "image_1920", "total_invoiced"):
            response = self.get(f"/api/customers?fields={fields}&limit=1")
            if response.status_code == 200:
                with self.subTest(fields):
                    self.assertNotIn("~", response.headers["ETag"])
        with self.resource_of_events():
            self.assertIn("~", self.tag_of("/api/zevents?fields=name"))
            # It is taken from another record, which Odoo finds for each request.
            self.assertNotIn("~", self.tag_of("/api/zevents?fields=current_status"))
        for query in ("{ me { lang } }", "{ me { lang } customers(first: 1) { nodes { id } } }"):
            with self.subTest(query):
                self.assertNotIn("~", self.tag_of(f"/api/graphql?query={query}"))

    @contextlib.contextmanager
    def resource_of_events(self):
        exposed = {
            "zevents": ("calendar.event", ["name", "current_status", "attendee_ids"]),
            "zattendees": ("calendar.attendee", ["state"]),
        }
        values = [
            {
                "type_name": collection.capitalize().removesuffix("s"),
                "collection": collection,
                "model": model,
                "is_tracked": True,
                "field_ids": [(0, 0, {"field_name": name}) for name in names],
            }
            for collection, (model, names) in exposed.items()
        ]
        with committed() as env:
            ids = env["graphql_api.resource"].create(values).ids
        try:
            yield
        finally:
            with committed() as env:
                env["graphql_api.resource"].browse(ids).unlink()

    def test_tags_that_are_none(self):
        """They are refused without a word, and nothing is learnt by them."""
        tag = self.tag_of(self.path)
        digest, _tilde, validator = tag.strip('"').partition("~")
        position, _dot, signature = validator.rpartition(".")
        for forged in (
            f"other~{'9' * 18}.{'9' * 18}..{signature}",
            f"other~1.1..{signature}",
            f"other~{position}.{'0' * len(signature)}",
            f"other~{position}",
            "other~",
            f"other~{validator}x",
            "~" * 200,
            f"other~{'1' * 5000}.2..{signature}",
        ):
            with self.subTest(forged[:60]):
                self.assertEqual(self.status(f'"{forged}"'), 200)
        self.assertEqual(self.status(f'"{digest}"'), 304)
        self.assertEqual(self.status(f'"{digest}~{position}.0"'), 304)
