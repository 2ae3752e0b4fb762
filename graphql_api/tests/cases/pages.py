"""Orders and pages: page by page, in both directions, a list is the same as in one piece."""

from ...schema.execution.executor import Request, execute
from .api import ApiCase

SELECTION = (
    "{ edges { cursor node { id } } "
    "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
)


class PagesCase(ApiCase):
    """A test that walks through lists; ``self.lang`` is the language of the answers."""

    lang = "en_US"

    def setUp(self):
        super().setUp()
        self.schema = self.env["graphql_api.schema"]._get_schema()

    def reader(self):
        return self.env(user=self.user(self.login), su=False, context={"lang": self.lang})

    def page(self, type_name, order, filter=None, **arguments):
        """Return a page's ids, cursors and info, as the reader gets it."""
        resource = self.schema.resources[type_name]
        query = (
            f"query ($filter: {type_name}Filter, $orderBy: [{type_name}Order!], $first: Int, "
            "$after: String, $last: Int, $before: String, $offset: Int) { page: "
            f"{resource.list_name}(filter: $filter, orderBy: $orderBy, first: $first, "
            f"after: $after, last: $last, before: $before, offset: $offset) {SELECTION} }}"
        )
        variables = {"filter": filter, "orderBy": order, **arguments}
        context = self.schema.context(self.reader())
        result = execute(self.schema, context, Request(query, variables))
        self.assertFalse(result.errors)
        page = result.data["page"]
        ids = [int(edge["node"]["id"]) for edge in page["edges"]]
        cursors = [edge["cursor"] for edge in page["edges"]]
        info = page["pageInfo"]
        self.assertEqual(info["startCursor"], cursors[0] if cursors else None)
        self.assertEqual(info["endCursor"], cursors[-1] if cursors else None)
        return ids, cursors, info

    def walk(self, type_name, order, size, filter=None, backwards=False):
        """Return all ids of a list, read in pages from one end to the other."""
        found: list[int] = []
        cursor = None
        while True:
            if backwards:
                arguments = {"last": size, "before": cursor}
            else:
                arguments = {"first": size, "after": cursor}
            ids, cursors, info = self.page(type_name, order, filter, **arguments)
            more, before = info["hasNextPage"], info["hasPreviousPage"]
            if backwards:
                more, before = before, more
            self.assertEqual(before, bool(found))
            self.assertTrue(ids)
            found = [*ids, *found] if backwards else [*found, *ids]
            if not more:
                return found
            self.assertEqual(len(ids), size)
            self.assertLess(len(found), 2000)
            cursor = cursors[0] if backwards else cursors[-1]

    def odoo_order(self, type_name, order) -> str:
        """Return an order as Odoo writes it."""
        fields = {
            field.graphql_name: field for field in self.schema.resources[type_name].fields.values()
        }
        automatic = {"id": "id", "createDate": "create_date", "writeDate": "write_date"}
        terms = []
        for term in order:
            [(name, direction)] = term.items()
            terms.append(f"{automatic.get(name) or fields[name].field} {direction}")
        return ", ".join([*terms, "id"])

    def check_order(self, type_name, order, size, filter=None, domain=()):
        """Check a list in one piece and in pages against Odoo's own search."""
        resource = self.schema.resources[type_name]
        model = self.reader()[resource.model]
        expected = model.search(
            [*resource.domain, *domain], order=self.odoo_order(type_name, order)
        ).ids
        ids, _cursors, info = self.page(type_name, order, filter, first=1000)
        self.assertEqual(ids, expected)
        self.assertEqual((info["hasNextPage"], info["hasPreviousPage"]), (False, False))
        self.assertEqual(self.walk(type_name, order, size, filter), expected)
        self.assertEqual(self.walk(type_name, order, size, filter, backwards=True), expected)

    def orderings(self, type_name) -> list[str]:
        return list(self.schema.graphql_schema.type_map[f"{type_name}Order"].fields)


class OrderingCase(PagesCase):
    """Records whose values are equal, empty or nearly equal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Ordered {number // 3}",
                    "city": ["Ghent", False, "ghent", "Liège", "Ghent"][number % 5],
                    "partner_latitude": [0.1 + 0.2, 0.3, 0, -1e-7, 50.8503][number % 5],
                    "is_company": bool(number % 2),
                    "comment": ["<p>x</p>", False][number % 2],
                }
                for number in range(15)
            ]
        )
        leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Ordered {number // 2}",
                    "date_deadline": [False, "2026-11-23", "2026-11-24"][number % 3],
                    "expected_revenue": [0, 10, 10.5, 1e9][number % 4],
                }
                for number in range(12)
            ]
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET city = '', is_company = NULL WHERE id IN %s",
            [tuple(partners[::4].ids)],
        )
        # Moments that differ by less than the milliseconds or seconds that clients see.
        for records in (partners, leads):
            cls.env.cr.execute(
                f"""UPDATE {records._table} SET create_date = timestamp '2026-11-23 08:00:00'
                    + ((id * 7) %% 11) * interval '1 microsecond', write_date = NULL
                    WHERE id IN %s""",
                [tuple(records.ids)],
            )
        cls.env.invalidate_all()
