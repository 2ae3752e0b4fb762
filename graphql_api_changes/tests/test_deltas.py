"""Deltas over GraphQL, each request in a transaction of its own."""

from odoo.tests import new_test_user, tagged

from odoo.addons.graphql_api.schema.execution.columnar import ColumnarExecutor
from odoo.addons.graphql_api.schema.execution.executor import Request, execute
from odoo.addons.graphql_api.tests.cases.query_counts import counted_queries

from .cases.committed import CommittedCase

_DELTA = """query ($since: String, $known: [ID!], $filter: CustomerFilter, $first: Int,
        $includeArchived: Boolean! = false) {
    customersChanges(since: $since, known: $known, filter: $filter, first: $first,
            includeArchived: $includeArchived) {
        changed { nodes { id name country { id code } } } removed token hasMore
    }
}"""

SECRET = {"name": {"startsWith": "Zann"}}
"""The filter of the list of most tests."""


@tagged("post_install", "-at_install")
class DeltaCase(CommittedCase):
    def execute(self, login="admin", document=_DELTA, **variables):
        """Execute a document as a request of a user would; return the result and its queries."""
        with self.transaction(login, commit=False) as env:
            policy = env["graphql_api.policy"]._get_policy(None)
            schema = env["graphql_api.schema"]._get_schema(policy.rights)
            with counted_queries(env.cr) as counted:
                context = schema.context(env, policy=policy)
                result = execute(schema, context, Request(document, variables), ColumnarExecutor)
        return result, counted[0]

    def delta(self, since=None, known=(), login="admin", filter=SECRET, **variables) -> dict:
        """Return a delta, with ids as integers."""
        variables |= {"since": since, "known": [str(number) for number in known], "filter": filter}
        result, self.queries = self.execute(login, **variables)
        self.assertFalse(result.errors)
        delta = result.data["customersChanges"]
        self.nodes = delta["changed"]["nodes"]
        return {
            **delta,
            "changed": [int(node["id"]) for node in self.nodes],
            "removed": [int(number) for number in delta["removed"]],
        }

    def refused(self, code: str, login="admin", **variables) -> str:
        """Return the message with which a delta is refused."""
        result, _queries = self.execute(login, **variables)
        self.assertEqual([error["extensions"]["code"] for error in result.errors], [code])
        self.assertIsNone(result.data["customersChanges"])
        return result.errors[0]["message"]

    def change(self, ids, values) -> None:
        with self.transaction() as env:
            env["res.partner"].browse(ids).write(values)


class TestDeltas(DeltaCase):
    def setUp(self):
        super().setUp()
        self.ids = self.keep("res.partner", *({"name": f"Zann {number}"} for number in range(4)))
        self.start = self.delta()["token"]

    def test_a_token_to_begin_with(self):
        delta = self.delta()
        self.assertEqual((delta["changed"], delta["removed"], delta["hasMore"]), ([], [], False))
        again = self.delta(delta["token"], self.ids)
        self.assertEqual((again["changed"], again["removed"], again["hasMore"]), ([], [], False))

    def test_what_has_changed_and_what_is_gone(self):
        changed, archived, left, deleted = self.ids
        (new,) = self.keep("res.partner", {"name": "Zann new"})
        (other,) = self.keep("res.partner", {"name": "Nobody"})
        self.change([changed], {"city": "Ghent"})
        self.change([archived], {"active": False})
        self.change([left], {"name": "Gone"})
        self.remove("res.partner", [deleted])
        known = [*self.ids, other]
        delta = self.delta(self.start, known)
        self.assertEqual(delta["changed"], [changed, new])
        self.assertEqual(delta["removed"], sorted([archived, left, deleted, other]))
        # What came from outside the list is removed only for who holds it.
        self.assertEqual(self.delta(self.start)["removed"], [])
        self.assertEqual(self.delta(self.start, [left])["removed"], [left])
        self.assertEqual(self.delta(delta["token"], known[:1])["changed"], [])

    def test_archived_records_are_in_the_list_that_has_them(self):
        start = self.delta(includeArchived=True)["token"]
        self.change(self.ids[:1], {"active": False})
        delta = self.delta(start, self.ids, includeArchived=True)
        self.assertEqual((delta["changed"], delta["removed"]), (self.ids[:1], []))
        self.refused("BAD_USER_INPUT", since=start, filter=SECRET)

    def test_a_filter_compares_any_kind_of_value(self):
        filters = [
            {"type": {"eq": "contact"}},
            {"type": {"in": ["contact", "other"]}},
            {"isCompany": {"eq": False}},
            {"createDate": {"gte": "2020-01-01T00:00:00Z"}},
            {"partnerLatitude": {"lte": 0.5}},
            {"country": {"isNull": True}},
            {"id": {"in": [str(number) for number in self.ids]}},
            {"or": [{"name": {"contains": "zann"}}, {"not": {"type": {"ne": "contact"}}}]},
        ]
        for each in filters:
            with self.subTest(each):
                start = self.delta(filter=each)["token"]
                self.change(self.ids[:1], {"city": "Ghent"})
                delta = self.delta(start, self.ids, filter=each)
                self.assertEqual((delta["changed"], delta["removed"]), (self.ids[:1], []))

    def test_the_pages_of_a_delta(self):
        """Each record comes once, also where others change while the client reads."""
        self.change(self.ids[:3], {"city": "Ghent"})
        self.remove("res.partner", self.ids[3:])
        first = self.delta(self.start, self.ids, first=2)
        self.assertEqual(first["changed"], self.ids[:2])
        self.assertEqual(first["removed"], [])
        self.assertTrue(first["hasMore"])
        # One that the client has already changes again, and one is gone that is still to come.
        self.change(self.ids[:1], {"city": "Bruges"})
        (new,) = self.keep("res.partner", {"name": "Zann new"})
        self.remove("res.partner", self.ids[2:3])
        second = self.delta(first["token"], self.ids, first=2)
        self.assertEqual(second["changed"], [new])
        self.assertEqual(second["removed"], self.ids[2:])
        self.assertFalse(second["hasMore"])
        # What has changed since the first page comes next.
        third = self.delta(second["token"], [*self.ids[:2], new], first=2)
        self.assertEqual(third["changed"], [self.ids[0], new])
        self.assertFalse(third["hasMore"])
        self.assertEqual(self.delta(third["token"])["changed"], [])

    def test_a_related_record_counts_where_it_is_selected(self):
        country = self.keep("res.country", {"name": "Zannland", "code": "Q9"})
        self.addCleanup(self.change, self.ids, {"country_id": False})
        self.change(self.ids[:1], {"country_id": country[0]})
        start = self.delta()["token"]
        with self.transaction() as env:
            env["res.country"].browse(country).code = "Q8"
        self.assertEqual(self.delta(start)["changed"], self.ids[:1])
        self.assertEqual(self.nodes[0]["country"]["code"], "Q8")

    def test_as_many_queries_for_many_records_as_for_few(self):
        def queries(ids):
            start = self.delta()["token"]
            self.change(ids, {"city": start[:20]})
            self.assertEqual(self.delta(start, ids)["changed"], ids)
            self.assertEqual(self.delta(start, ids)["changed"], ids)
            return self.queries

        more = self.keep("res.partner", *({"name": f"Zann {number}"} for number in range(60)))
        self.assertEqual(queries(self.ids), queries(more))

    def test_values_that_are_refused(self):
        begins = {"filter": SECRET}
        since = {"since": self.start, **begins}
        message = self.refused("BAD_USER_INPUT", known=["5"], **begins)
        self.assertIn("since", message)
        for known in (["x"], ["0"], ["-1"], ["99999999999"], [str(2**31)], ["5"] * 10_001):
            self.refused("BAD_USER_INPUT", known=known, **since)
        for first in (0, -1, 100_000):
            self.refused("BAD_USER_INPUT", first=first, **since)
        for token in (
            "",
            "x",
            "é",
            "A" * 30_000,
            self.start[:-3],
            self.start[3:],
            f"x{self.start}",
        ):
            self.refused("BAD_USER_INPUT", since=token, **begins)

    def test_a_token_is_for_one_list_of_one_user(self):
        self.refused("BAD_USER_INPUT", since=self.start)
        self.refused("BAD_USER_INPUT", since=self.start, filter={"name": {"startsWith": "Zan"}})
        self.refused("BAD_USER_INPUT", login="demo", since=self.start, filter=SECRET)
        other = _DELTA.replace("customersChanges", "customersChanges: countriesChanges")
        other = other.replace("CustomerFilter", "CountryFilter")
        other = other.replace("name country { id code }", "code")
        result, _queries = self.execute(document=other, since=self.start)
        self.assertEqual(result.errors[0]["extensions"]["code"], "BAD_USER_INPUT")

    def test_an_unchanged_copy_costs_its_ids_at_most(self):
        self.assertEqual(self.delta(self.start, self.ids)["removed"], [])
        with_known = self.queries
        self.delta(self.start)
        self.assertEqual(with_known, self.queries + 1)


class TestCopies(DeltaCase):
    """A first copy that is read page by page, and the deltas since the token before it."""

    def setUp(self):
        super().setUp()
        self.ids = self.keep("res.partner", *({"name": f"Zann {number}"} for number in range(6)))

    def read_page(self, after) -> tuple[list[dict], str | None]:
        query = """query ($filter: CustomerFilter, $after: String) {
            customers(filter: $filter, first: 2, after: $after, orderBy: [{name: ASC}]) {
                nodes { id name country { id code } } pageInfo { hasNextPage endCursor }
            }
        }"""
        result, _queries = self.execute(document=query, filter=SECRET, after=after)
        page = result.data["customers"]
        info = page["pageInfo"]
        return page["nodes"], info["endCursor"] if info["hasNextPage"] else None

    def test_whatever_is_written_meanwhile(self):
        def rename():
            # From a page that is still to come to one that was read, and the other way.
            self.change(self.ids[5:], {"name": "Zann 00"})
            self.change(self.ids[:1], {"name": "Zann 9"})

        def replace():
            self.remove("res.partner", self.ids[1:2])
            self.keep("res.partner", {"name": "Zann 01"})
            self.change(self.ids[2:3], {"name": "Gone"})

        writes = [rename, replace]
        token = self.delta()["token"]
        copy: dict[int, dict] = {}
        after, more = None, True
        while more:
            nodes, after = self.read_page(after)
            copy |= {int(node["id"]): node for node in nodes}
            more = after is not None
            if writes:
                writes.pop(0)()
        more = True
        while more:
            delta = self.delta(token, copy, first=2)
            copy |= {int(node["id"]): node for node in self.nodes}
            for number in delta["removed"]:
                del copy[number]
            token, more = delta["token"], delta["hasMore"]
        fresh, after = self.read_page(None)
        while after:
            nodes, after = self.read_page(after)
            fresh += nodes
        self.assertEqual(copy, {int(node["id"]): node for node in fresh})
        self.assertEqual(len(copy), 5)


class TestSecrets(DeltaCase):
    """What a client may not see, whatever happens to it, changes nothing of what it is told."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            user = new_test_user(env, "zann_reader", groups="base.group_user")
            rule = env["ir.rule"].create(
                {
                    "name": "Without secrets",
                    "model_id": env["ir.model"]._get_id("res.partner"),
                    "domain_force": "[('ref', '!=', 'secret')]",
                    "groups": [(4, env.ref("base.group_user").id)],
                }
            )
            partner = user.partner_id
        self.addCleanup(self.remove, "res.partner", partner.ids)
        self.addCleanup(self.remove, "res.users", user.ids)
        self.addCleanup(self.remove, "ir.rule", rule.ids)
        self.open = self.keep("res.partner", *({"name": f"Zann {number}"} for number in range(3)))
        self.secret = self.keep(
            "res.partner", *({"name": f"Zann secret {n}", "ref": "secret"} for n in range(5))
        )

    def see(self, change, known=()):
        """Return what the reader is told, in how many queries, of a change."""
        start = self.delta(login="zann_reader")["token"]
        change()
        told = self.delta(start, known, login="zann_reader", first=1)
        return {name: told[name] for name in ("changed", "removed", "hasMore")}, self.queries

    def test_changes_of_hidden_records(self):
        def nothing():
            pass

        def write():
            self.change(self.secret, {"city": "Ghent"})

        def delete():
            self.remove("res.partner", deleted.pop())

        values = {"name": "Zann secret", "ref": "secret"}
        deleted = [self.keep("res.partner", values) for _each in range(4)]

        for known in ((), self.secret, [*self.open, *self.secret], [2**31 - 1]):
            with self.subTest(known=known):
                self.see(nothing, known)
                expected = self.see(nothing, known)
                self.assertEqual(expected[0]["changed"], [])
                self.assertEqual(self.see(write, known), expected)
                self.assertEqual(self.see(delete, known), expected)

    def test_pages_end_where_visible_records_do(self):
        def visible():
            self.change(self.open[:2], {"city": "Bruges"})

        def both():
            visible()
            self.change(self.secret, {"city": "Bruges"})

        self.see(visible)
        self.assertEqual(self.see(both), self.see(visible))
