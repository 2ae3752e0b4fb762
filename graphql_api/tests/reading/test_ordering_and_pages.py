"""Orders and pages: page by page, in both directions, a list is the same as in one piece."""

import base64
from itertools import pairwise

from odoo.tests import tagged

from ..cases.pages import OrderingCase, PagesCase


@tagged("generated")
class TestEveryOrder(OrderingCase):
    """Every field that a list can be ordered by, with nulls, equal and empty values in it."""

    def check_every_order(self, type_name, size, least, **kwargs):
        names = self.orderings(type_name)
        self.assertGreaterEqual(len(names), least, names)
        for name in names:
            for direction in ("ASC", "DESC"):
                with self.subTest(type=type_name, order=name, direction=direction):
                    self.check_order(type_name, [{name: direction}], size, **kwargs)

    def test_customers(self):
        self.check_every_order("Customer", 17, 15)

    def test_products(self):
        """A product takes some of its fields from its template."""
        self.assertIn("name", self.orderings("Product"))
        self.check_every_order("Product", 13, 5)

    def test_sale_orders(self):
        self.check_every_order("SaleOrder", 7, 10)

    def test_leads(self):
        self.check_every_order("Lead", 13, 15)

    def test_projects(self):
        """Being a favorite is no column: Odoo orders by a query of its own."""
        self.check_every_order("Project", 2, 3)

    def test_countries(self):
        some = {"filter": {"code": {"startsWith": "B"}}, "domain": [("code", "=like", "B%")]}
        self.check_every_order("Country", 5, 4, **some)

    def test_countries_in_french(self):
        self.lang = "fr_FR"
        belgium, bhutan = self.env.ref("base.be"), self.env.ref("base.bt")
        belgium.with_context(lang="fr_FR").name = "Zwin"
        some = {"filter": {"code": {"startsWith": "B"}}, "domain": [("code", "=like", "B%")]}
        self.check_order("Country", [{"name": "ASC"}], 5, **some)
        self.check_order("Country", [{"name": "DESC"}], 5, **some)
        ids, _cursors, _info = self.page("Country", [{"name": "ASC"}], some["filter"], first=100)
        # Not the last one in every collation: "Île Bouvet" is beyond Z where letters are bytes.
        self.assertGreater(ids.index(belgium.id), ids.index(bhutan.id))
        self.lang = "en_US"
        ids, _cursors, _info = self.page("Country", [{"name": "ASC"}], some["filter"], first=100)
        self.assertLess(ids.index(belgium.id), ids.index(bhutan.id))

    def test_pairs_of_fields(self):
        for first, second in pairwise(
            ["city", "isCompany", "partnerLatitude", "createDate", "vat"]
        ):
            for directions in (("ASC", "DESC"), ("DESC", "DESC")):
                order = [{first: directions[0]}, {second: directions[1]}]
                with self.subTest(order=order):
                    self.check_order("Customer", order, 17)

    def test_default_order(self):
        """Without orderBy the resource's own order counts, and ends in the id."""
        ids, _cursors, _info = self.page("SaleOrder", None, first=1000)
        expected = self.reader()["sale.order"].search([], order="date_order desc, id desc").ids
        self.assertEqual(ids, expected)
        self.assertEqual(self.walk("SaleOrder", None, 7), expected)
        self.assertEqual(self.walk("SaleOrder", None, 7, backwards=True), expected)
        self.assertEqual(self.page("SaleOrder", [], first=1000)[0], expected)


@tagged("post_install", "-at_install")
class TestPages(PagesCase):
    """What pages say about their list, and which arguments are refused."""

    order = [{"city": "ASC"}]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "Paged"})
        cls.partners = cls.env["res.partner"].browse()
        for number in range(6):
            cls.partners |= cls.add(f"City {number}")

    @classmethod
    def add(cls, city, **values):
        values = {"name": "Paged", "city": city, "category_id": [(4, cls.tag.id)], **values}
        return cls.env["res.partner"].create(values)

    def read_page(self, order=None, **arguments):
        tagged = {"tags": {"some": {"id": {"eq": str(self.tag.id)}}}}
        return self.page("Customer", order or self.order, tagged, **arguments)

    def assert_page(self, positions, has_previous, has_next, **arguments):
        """Check which of the test's partners are on a page, and what lies around it."""
        ids, _cursors, info = self.read_page(**arguments)
        self.assertEqual([self.partners.ids.index(i) for i in ids], positions, arguments)
        self.assertEqual(
            (info["hasPreviousPage"], info["hasNextPage"]), (has_previous, has_next), arguments
        )

    def test_forwards(self):
        _ids, cursors, _info = self.read_page()
        self.assert_page([0, 1], False, True, first=2)
        self.assert_page([2, 3], True, True, first=2, after=cursors[1])
        self.assert_page([4, 5], True, False, first=2, after=cursors[3])
        self.assert_page([5], True, False, first=2, after=cursors[4])
        self.assert_page([], True, False, first=2, after=cursors[5])
        self.assert_page([0, 1, 2, 3, 4, 5], False, False, first=6)
        self.assert_page([], False, True, first=0)

    def test_backwards(self):
        _ids, cursors, _info = self.read_page()
        self.assert_page([4, 5], True, False, last=2)
        self.assert_page([2, 3], True, True, last=2, before=cursors[4])
        self.assert_page([0, 1], False, True, last=2, before=cursors[2])
        self.assert_page([0], False, True, last=2, before=cursors[1])
        self.assert_page([], False, True, last=2, before=cursors[0])
        self.assert_page([0, 1, 2, 3, 4, 5], False, False, last=6)
        self.assert_page([], True, False, last=0)

    def test_between_two_cursors(self):
        _ids, cursors, _info = self.read_page()
        between = {"after": cursors[0], "before": cursors[4]}
        self.assert_page([1, 2, 3], True, True, first=10, **between)
        self.assert_page([1, 2], True, True, first=2, **between)
        self.assert_page([1, 2, 3], True, True, last=10, **between)
        self.assert_page([2, 3], True, True, last=2, **between)
        self.assert_page([0, 1, 2, 3], False, True, first=10, before=cursors[4])
        self.assert_page([5], True, False, last=10, after=cursors[4])

    def test_offset(self):
        self.assert_page([2, 3], True, True, first=2, offset=2)
        self.assert_page([4, 5], True, False, first=2, offset=4)
        self.assert_page([0, 1], False, True, first=2, offset=0)
        self.assert_page([], True, False, first=2, offset=99)
        self.assert_page([3, 4, 5], True, False, offset=3)

    def test_offset_of_every_page(self):
        found = []
        for offset in range(0, 6, 2):
            found += self.read_page(first=2, offset=offset)[0]
        self.assertEqual(found, self.partners.ids)

    def test_empty_list(self):
        cursor = self.read_page(first=1)[1][0]
        self.partners.unlink()
        self.assert_page([], False, False, first=2)
        self.assert_page([], False, False, last=2)
        self.assert_page([], False, False, first=2, after=cursor)
        self.assert_page([], False, False, last=2, before=cursor)
        self.assert_page([], False, False, first=2, offset=2)

    def test_records_added_between_pages(self):
        """What is added before the cursor does not shift the pages; what comes after is seen."""
        ids, cursors, _info = self.read_page(first=3)
        self.add("City 0")
        late = self.add("City 3 and a half")
        rest, _cursors, _info = self.read_page(first=10, after=cursors[-1])
        self.assertEqual([*ids, *rest], [*self.partners[:4].ids, late.id, *self.partners[4:].ids])

    def test_equal_values_added_between_pages(self):
        """The id decides among equal values: newer records come after the cursor's."""
        self.partners.city = "Same"
        ids, cursors, _info = self.read_page(first=3)
        newer = self.add("Same")
        rest, _cursors, _info = self.read_page(first=10, after=cursors[-1])
        self.assertEqual([*ids, *rest], [*self.partners.ids, newer.id])

    def test_record_of_the_cursor_deleted(self):
        _ids, cursors, _info = self.read_page(first=3)
        self.partners[2].unlink()
        rest, _cursors, info = self.read_page(first=10, after=cursors[-1])
        self.assertEqual(rest, self.partners[3:].ids)
        self.assertTrue(info["hasPreviousPage"])
        back, _cursors, info = self.read_page(last=10, before=cursors[-1])
        self.assertEqual(back, self.partners[:2].ids)
        self.assertTrue(info["hasNextPage"])

    def test_record_of_the_cursor_changed(self):
        """A cursor keeps its place, wherever its record has gone."""
        _ids, cursors, _info = self.read_page(first=3)
        self.partners[2].city = "Zoo"
        rest, _cursors, _info = self.read_page(first=10, after=cursors[-1])
        self.assertEqual(rest, [*self.partners[3:].ids, self.partners[2].id])

    def test_next_of_rest(self):
        """REST's "next" is a cursor, and null on the last page."""
        params = {"fields": "id", "sort": "city", "limit": "4", "name": "Paged"}
        body = self.rest("/api/customers", params=params)
        self.assertEqual([item["id"] for item in body["data"]], self.partners[:4].ids)
        body = self.rest("/api/customers", params={**params, "after": body["meta"]["next"]})
        self.assertEqual([item["id"] for item in body["data"]], self.partners[4:].ids)
        self.assertIsNone(body["meta"]["next"])

    def test_total_count_ignores_the_page(self):
        cursor = self.read_page(first=1)[1][0]
        query = """query ($after: String) {
          customers(filter: {name: {eq: "Paged"}}, orderBy: [{city: ASC}], first: 2, after: $after)
            { totalCount nodes { id } }
        }"""
        page = self.graphql(query, {"after": cursor})["customers"]
        self.assertEqual((page["totalCount"], len(page["nodes"])), (6, 2))

    def assert_refused(self, arguments, list_name="customers"):
        query = f"{{ {list_name}({arguments}) {{ nodes {{ id }} }} }}"
        self.graphql(query, errors=[("BAD_USER_INPUT", [list_name])])

    def test_sizes(self):
        self.assert_refused("first: 1001")
        self.assert_refused("last: 1001")
        self.assert_refused("first: -1")
        self.assert_refused("last: -1")
        self.assert_refused("first: 1, last: 1")
        self.assert_refused("offset: -1")
        self.env.ref("graphql_api.customer").write({"default_page_size": 3, "max_page_size": 4})
        self.assert_refused("first: 5")
        for arguments, size in (("first: 4", 4), ("last: 4", 4), ("offset: 0", 3)):
            nodes = self.graphql(f"{{ customers({arguments}) {{ nodes {{ id }} }} }}")
            self.assertEqual(len(nodes["customers"]["nodes"]), size)

    def test_offset_and_cursors(self):
        _ids, cursors, _info = self.read_page()
        for arguments in (
            f'orderBy: [{{city: ASC}}], offset: 1, after: "{cursors[1]}"',
            f'orderBy: [{{city: ASC}}], offset: 1, before: "{cursors[1]}"',
            "offset: 1, last: 2",
        ):
            self.assert_refused(arguments)

    def test_cursor_of_another_order(self):
        _ids, cursors, _info = self.read_page()
        ascending = "orderBy: [{city: ASC}]"
        for name in ("after", "before"):
            for order in (
                "orderBy: [{city: DESC}]",
                "orderBy: [{zip: ASC}]",
                "orderBy: [{city: ASC}, {zip: ASC}]",
                "orderBy: [{city: ASC}, {id: DESC}]",
                "orderBy: []",
            ):
                self.assert_refused(f'{order}, {name}: "{cursors[2]}"')
            self.graphql(f'{{ customers({ascending}, {name}: "{cursors[2]}") {{ totalCount }} }}')

    def test_cursor_of_another_list(self):
        _ids, cursors, _info = self.read_page(order=[{"name": "ASC"}])
        arguments = f'orderBy: [{{name: ASC}}], after: "{cursors[0]}"'
        self.assert_refused(arguments, "countries")
        self.assert_refused(arguments, "leads")

    def test_cursor_of_another_language(self):
        """What is translated has other values there; what is not is the same list."""
        self.env["res.lang"]._activate_lang("fr_FR")
        answers = {}
        for list_field, name in (
            ("countries", "name"),
            ("products", "name"),
            ("customers", "city"),
        ):
            query = (
                f"query ($after: String) {{ page: {list_field}(orderBy: [{{{name}: ASC}}], "
                "first: 2, after: $after) { pageInfo { endCursor } nodes { id } } }"
            )
            for made in ("en", "fr"):
                headers = {"Accept-Language": made}
                page = self.graphql(query, headers=headers)["page"]
                cursor = {"after": page["pageInfo"]["endCursor"]}
                for used in ("en", "fr"):
                    refused = name == "name" and made != used
                    errors = [("BAD_USER_INPUT", ["page"])] if refused else ()
                    headers = {"Accept-Language": used}
                    data = self.graphql(query, cursor, headers=headers, errors=errors)
                    answers[list_field, made, used] = data["page"]
        self.assertEqual(answers["customers", "en", "fr"], answers["customers", "en", "en"])
        path = "/api/countries?sort=name&limit=1"
        english = self.rest(path, headers={"Accept-Language": "en"})["meta"]["next"]
        path += f"&after={english}"
        self.rest(path, headers={"Accept-Language": "en"})
        body = self.rest(path, headers={"Accept-Language": "fr"}, status=400)
        self.assertEqual(body["code"], "BAD_USER_INPUT")

    def test_cursor_of_another_company(self):
        """A value that each company has for itself is another in the next."""
        self.env["graphql_api.resource.field"].create(
            {
                "resource_id": self.env.ref("graphql_api.customer").id,
                "field_name": "barcode",
            }
        )
        companies = self.env["res.company"].search([], limit=2)
        self.assertEqual(len(companies), 2)
        query = (
            "query ($after: String) { page: customers(orderBy: [{barcode: ASC}], first: 2, "
            "after: $after) { pageInfo { endCursor } } }"
        )
        headers = [{"X-Odoo-Companies": str(company.id)} for company in companies]
        cursor = self.graphql(query, headers=headers[0])["page"]["pageInfo"]["endCursor"]
        self.graphql(query, {"after": cursor}, headers=headers[0])
        errors = [("BAD_USER_INPUT", ["page"])]
        self.graphql(query, {"after": cursor}, headers=headers[1], errors=errors)

    def test_cursor_that_is_none(self):
        _ids, cursors, _info = self.read_page()
        cursor = cursors[2]
        # One character after the other is changed; the last one may have bits without meaning.
        changed = [
            cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :]
            for i in range(0, len(cursor) - 1, 5)
        ]
        for text in (*changed, "", "x", "=", "é", "====", cursor + "A", cursor[1:], "a" * 5000):
            for name in ("after", "before"):
                query = f"""query ($cursor: String) {{
                  customers(orderBy: [{{city: ASC}}], {name}: $cursor) {{ totalCount }}
                }}"""
                result = self.execute(query, {"cursor": text})
                self.assertEqual(result.code, "BAD_USER_INPUT", text)

    def test_one_field_at_a_time(self):
        """The order of two fields in one input would be anybody's guess."""
        query = "query ($o: [CustomerOrder!]) { customers(orderBy: $o) { totalCount } }"
        for order in ([{"city": "ASC", "name": "ASC"}], [{}], [{"city": None}], [{"city": "UP"}]):
            body = self.graphql_response(query, {"o": order}).json()
            self.assertEqual(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", order)

    def test_repeated_field(self):
        """The first one decides."""
        order = [{"city": "DESC"}, {"city": "ASC"}]
        self.assertEqual(self.read_page(order=order)[0], self.partners[::-1].ids)

    def test_not_offered(self):
        """What has no column cannot order a list."""
        self.assertNotIn("qtyAvailable", self.orderings("Product"))
        self.assertNotIn("imageUrl", self.orderings("Country"))
        self.assertNotIn("displayName", self.orderings("Customer"))
        self.assertIn("createDate", self.orderings("Customer"))


@tagged("post_install", "-at_install")
class TestCursorsKeepSecrets(PagesCase):
    """A cursor holds values of the order's fields: none that its reader may not read."""

    def setUp(self):
        super().setUp()
        self.env["graphql_api.resource"].create(
            {
                "type_name": "Thing",
                "collection": "things",
                "model": "res.partner",
                "order": "signup_type desc, name asc",
                "field_ids": [
                    (0, 0, {"field_name": name}) for name in ("name", "city", "signup_type")
                ],
            }
        )
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.partner = self.env["res.partner"].create({"name": "Ann", "signup_type": "hush"})

    def first_cursor(self, login):
        self.login = login
        name = {"id": {"eq": str(self.partner.id)}}
        [cursor] = self.page("Thing", None, name)[1]
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    def test_default_order(self):
        """It leaves out what the reader may not read."""
        self.assertIn(b"hush", self.first_cursor("admin"))
        cursor = self.first_cursor("demo")
        self.assertNotIn(b"hush", cursor)
        self.assertIn(b"Ann", cursor)

    def test_own_order(self):
        query = "{ things(orderBy: [{signupType: ASC}]) { edges { cursor } } }"
        errors = [("FORBIDDEN", ["things"])]
        self.assertEqual(self.graphql(query, login="demo", errors=errors), {"things": None})
