"""The number of SQL queries of each kind of screen, which no number of records changes."""

from odoo.tests import tagged

from ..cases.api import ApiCase

FIELDS = "id name email phone city isCompany partnerLatitude createDate type country { name }"
ORDERS = (
    "id name amountTotal customer { id name } "
    "orderLines { id quantity priceUnit product { id name } }"
)


@tagged("post_install", "-at_install")
class TestWorkloads(ApiCase):
    """Counted in this process: without the queries of authentication and signalling."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tags = cls.env["res.partner.category"].create([{"name": f"T{n}"} for n in range(4)])
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number:03}",
                    "country_id": cls.env.ref("base.be").id,
                    "category_id": tags.ids,
                    "child_ids": [(0, 0, {"name": f"Contact {n}"}) for n in range(3)],
                }
                for number in range(60)
            ]
        )
        products = cls.env["product.product"].search([("sale_ok", "=", True)], limit=8)
        cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "order_line": [(0, 0, {"product_id": product.id}) for product in products[:4]],
                }
                for partner in partners
            ]
        )

    def check(self, expected: int, query: str, sizes=(2, 50), **variables):
        """Check the number of queries of a query with ``$first``, for both sizes."""
        for first in sizes:
            with self.subTest(first=first):
                self.assertEqual(self.count(query, {"first": first, **variables}), expected)

    def count(self, query: str, variables=None) -> int:
        """Return the number of queries, less those of finding the user who asks."""
        return self.query_count(query, variables) - self.query_count("{ me { lang } }")

    def test_one_record(self):
        partner = self.env["res.partner"].search([], limit=1)
        query = "query ($id: ID!) { customer(id: $id) { id name email phone } }"
        self.assertEqual(self.count(query, {"id": partner.id}), 1)

    def test_list(self):
        self.check(
            2, f"query ($first: Int) {{ customers(first: $first) {{ nodes {{ {FIELDS} }} }} }}"
        )

    def test_list_as_edges(self):
        """The cursors are one more."""
        selection = f"edges {{ cursor node {{ {FIELDS} }} }}"
        self.check(3, f"query ($first: Int) {{ customers(first: $first) {{ {selection} }} }}")

    def test_orders(self):
        """Orders, customers, lines, products, and their templates for the names."""
        self.check(
            5, f"query ($first: Int) {{ saleOrders(first: $first) {{ nodes {{ {ORDERS} }} }} }}"
        )

    def test_nested_pages(self):
        """A page of each list is found first, then fetched."""
        query = """query ($first: Int) { customers(first: $first, filter: { name: { startsWith:
            "Customer" } }) { nodes { children(first: 2) { name } tags(first: 2) { name } } } }"""
        self.check(5, query)

    def test_filter_through_two_relations(self):
        query = """query ($first: Int) { saleOrders(first: $first, filter: { customer: { country:
            { code: { eq: "BE" } } } }) { nodes { id name } } }"""
        self.check(1, query)

    def test_ten_aliases(self):
        parts = " ".join(
            f"a{number}: customers(first: $first) {{ nodes {{ id name }} }}" for number in range(10)
        )
        self.check(10, f"query ($first: Int) {{ {parts} }}")

    def test_total(self):
        self.check(
            2, "query ($first: Int) { customers(first: $first) { totalCount nodes { id } } }"
        )

    def test_deep_page(self):
        query = """query ($first: Int, $after: String) { customers(first: $first, after: $after,
            orderBy: [{ name: ASC }]) { nodes { id name } pageInfo { hasNextPage endCursor } } }"""
        first = self.execute(query, {"first": 100}).data["customers"]["pageInfo"]["endCursor"]
        self.check(2, query, after=first)

    def test_depth(self):
        """Each level of relations adds one query, or two where it is a page of each list."""
        selection, counts = "id name", []
        for _level in range(4):
            selection = f"id name parent {{ {selection} }} "
            arguments = "first: $first, filter: { parent: { isNull: false } }"
            query = (
                f"query ($first: Int) {{ customers({arguments}) {{ nodes {{ {selection} }} }} }}"
            )
            counts.append([self.count(query, {"first": first}) for first in (2, 50)])
        for small, large in counts:
            self.assertEqual(small, large)

    def test_rest(self):
        fields = "id,name,email,country.name,children.name"
        counts = []
        for limit in (2, 50):
            path = f"/api/customers?limit={limit}&fields={fields}"
            self.rest(path)
            response = self.http("GET", path)
            counts.append(response.headers["Server-Timing"].partition('desc="')[2])
        self.assertEqual(counts[0], counts[1])
