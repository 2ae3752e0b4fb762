"""Filters on relations, combined by logic, and what is refused."""

from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestRelationsAndLogic(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.company = partners.create(
            {"name": "Works", "city": "Ghent", "country_id": cls.env.ref("base.be").id}
        )
        cls.tag = cls.env["res.partner.category"].create({"name": "Gold"})
        cls.ann, cls.bob, cls.archived = partners.create(
            [
                {"name": "Ann", "parent_id": cls.company.id, "category_id": [(4, cls.tag.id)]},
                {"name": "Bob", "parent_id": cls.company.id, "function": "Baker"},
                {"name": "Old", "parent_id": cls.company.id, "active": False, "function": "Sage"},
            ]
        )
        cls.alone = partners.create({"name": "Alone"})
        cls.everybody = cls.company | cls.ann | cls.bob | cls.archived | cls.alone

    def found(self, where, *, archived=False, errors=(), login="admin"):
        """Return which of the test's partners a filter finds."""
        query = """query ($filter: CustomerFilter, $archived: Boolean!) {
          customers(filter: $filter, includeArchived: $archived, first: 1000) { nodes { id } }
        }"""
        ids = [str(i) for i in self.everybody.ids]
        variables = {"filter": {"and": [{"id": {"in": ids}}, where]}, "archived": archived}
        data = self.graphql(query, variables, errors=errors, login=login)
        if not errors:
            ids = [int(node["id"]) for node in data["customers"]["nodes"]]
            return self.everybody.browse(ids).sorted("id")

    def assert_bad(self, where, **kwargs):
        self.found(where, errors=[("BAD_USER_INPUT", ["customers"])], **kwargs)

    def test_no_condition(self):
        self.assertEqual(self.found({}), self.everybody - self.archived)
        for empty in ("null", "{}", "{and: []}"):
            page = f"{{ customers(filter: {empty}) {{ totalCount }} }}"
            count = self.graphql(page)["customers"]["totalCount"]
            self.assertEqual(count, self.env["res.partner"].search_count([]))

    def test_many2one(self):
        self.assertEqual(self.found({"parent": {"city": {"eq": "Ghent"}}}), self.ann | self.bob)
        self.assertEqual(
            self.found({"parent": {"id": {"eq": str(self.company.id)}}}), self.ann | self.bob
        )
        self.assertEqual(
            self.found({"parent": {"country": {"code": {"eq": "BE"}}}}), self.ann | self.bob
        )
        self.assertFalse(self.found({"parent": {"city": {"ne": "Ghent"}}}))
        self.assertEqual(self.found({"parent": {}}), self.everybody - self.archived)

    def test_id_of_a_many2one(self):
        """What has no record at the other end is not equal to any, and in no list."""
        works, ann = str(self.company.id), str(self.ann.id)
        empty, below = self.company | self.alone, self.ann | self.bob
        for comparison, expected in (
            ({"eq": works}, below),
            ({"eq": ann}, empty - empty),
            ({"eq": None}, empty),
            ({"ne": works}, empty),
            ({"ne": ann}, empty | below),
            ({"ne": None}, below),
            ({"in": [works, ann]}, below),
            ({"in": []}, empty - empty),
            ({"notIn": [works]}, empty),
            ({"notIn": [ann]}, empty | below),
            ({"notIn": []}, empty | below),
            ({"isNull": True}, empty),
            ({"isNull": False}, below),
            ({"gte": works}, below),
            ({"gt": works}, empty - empty),
            ({"lt": works}, empty - empty),
            ({"lte": works}, below),
            ({"ne": ann, "gt": 0}, below),
            ({}, empty | below),
        ):
            with self.subTest(comparison=comparison):
                self.assertEqual(self.found({"parent": {"id": comparison}}), expected)
                self.assertEqual(
                    self.found({"not": {"parent": {"id": comparison}}}),
                    self.everybody - self.archived - expected if comparison else empty | below,
                )
                for operator, operand in comparison.items():
                    if len(comparison) == 1 and operand not in (None, []):
                        text = ",".join(operand) if isinstance(operand, list) else str(operand)
                        params = {
                            "filter[id][in]": ",".join(map(str, self.everybody.ids)),
                            f"filter[parent][id][{operator}]": text.lower(),
                            "fields": "id",
                        }
                        found = self.rest("/api/customers", params=params)["data"]
                        self.assertEqual({node["id"] for node in found}, set(expected.ids))

    def test_id_of_a_many2one_beside_other_conditions(self):
        works, ann = str(self.company.id), str(self.ann.id)
        ghent = {"city": {"eq": "Ghent"}}
        below = self.ann | self.bob
        self.assertEqual(self.found({"parent": {"id": {"ne": ann}, **ghent}}), below)
        self.assertFalse(self.found({"parent": {"id": {"ne": works}, **ghent}}))
        self.assertFalse(self.found({"parent": {"id": {"eq": None}, **ghent}}))

    def test_id_of_a_many2one_below_others(self):
        """There as in Odoo: the record itself has to be there, its own relation may be empty."""
        works = str(self.company.id)
        grandchild = self.env["res.partner"].create({"name": "Kid", "parent_id": self.ann.id})
        type(self).everybody |= grandchild
        self.addCleanup(setattr, type(self), "everybody", self.everybody - grandchild)
        for other in (works, "2147483647"):
            domain = [("parent_id.parent_id", "!=", int(other)), ("id", "in", self.everybody.ids)]
            expected = self.env["res.partner"].search(domain, order="id")
            self.assertEqual(self.found({"parent": {"parent": {"id": {"ne": other}}}}), expected)
        without = {"parent": {"id": {"ne": works}}}
        self.assertEqual(self.found({"children": {"some": without}}), self.ann)
        self.assertEqual(
            self.found({"children": {"none": without}}),
            self.everybody - self.archived - self.ann,
        )
        leads_to_none = {"parent": {"id": {"eq": None}}}
        self.assertFalse(self.found({"children": {"some": leads_to_none}}))

    def test_id_of_a_hidden_record(self):
        """A record that a rule hides is equal to none: nobody learns which one it is."""
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.company.id})]",
            }
        )
        works, visible = str(self.company.id), self.everybody - self.archived - self.company
        for comparison, expected in (
            ({"eq": works}, visible - visible),
            ({"in": [works]}, visible - visible),
            ({"ne": works}, visible),
            ({"notIn": [works]}, visible),
            ({"gt": 0}, visible - visible),
        ):
            with self.subTest(comparison=comparison):
                found = self.found({"parent": {"id": comparison}}, login="demo")
                self.assertEqual(found, expected)

    def test_variables_that_are_left_out(self):
        """They leave no condition behind, at any depth; an empty list is one."""
        everybody = self.everybody - self.archived
        nothing = {"name": {}}
        for where in (
            nothing,
            {"not": nothing},
            {"not": {}},
            {"and": [nothing, {}]},
            {"or": [nothing, {}]},
            {"parent": {}},
            {"parent": nothing},
            {"parent": {"id": {}}},
            {"parent": {"parent": {"country": {"code": {}}}}},
            {"not": {"parent": {"not": nothing}}},
            {"parent": {"or": [nothing]}},
            {"children": {}},
            {"children": {"some": nothing}},
            {"children": {"none": nothing}},
            {"children": {"some": {"parent": nothing}, "none": {"tags": {"some": nothing}}}},
        ):
            with self.subTest(where=where):
                self.assertEqual(self.found(where), everybody)
        ann = {"name": {"eq": "Ann"}}
        for where in (
            {"or": [ann, nothing]},
            {"and": [ann, nothing]},
            {"not": {"not": ann, "parent": nothing}},
            {**ann, "parent": nothing},
        ):
            with self.subTest(where=where):
                self.assertEqual(self.found(where), self.ann)
        self.assertFalse(self.found({"or": []}))
        self.assertFalse(self.found({"not": {"and": []}}))
        self.assertEqual(self.found({"parent": {"and": []}}), self.ann | self.bob)

    def test_left_out_variable_of_a_request(self):
        query = """query ($id: ID, $code: String, $name: String, $country: CountryRelationFilter) {
          customers(filter: {parent: {id: {ne: $id}}, country: {code: {eq: $code}},
                             children: {some: {name: {contains: $name}}},
                             or: [{name: {eq: $name}}, {parent: {country: $country}}]}) {
            totalCount
          }
        }"""
        found = self.graphql(query)["customers"]["totalCount"]
        self.assertEqual(found, self.env["res.partner"].search_count([]))

    def test_many2one_is_null(self):
        self.assertEqual(self.found({"parent": {"isNull": False}}), self.ann | self.bob)
        self.assertEqual(self.found({"parent": {"isNull": True}}), self.company | self.alone)
        both = {"parent": {"isNull": False, "name": {"eq": "Works"}}}
        self.assertEqual(self.found(both), self.ann | self.bob)
        self.assertFalse(self.found({"parent": {"isNull": True, "name": {"eq": "Works"}}}))

    def test_not_on_a_many2one(self):
        """Not a city of the parent's: those without a parent have none."""
        outside = {"not": {"parent": {"city": {"eq": "Ghent"}}}}
        self.assertEqual(self.found(outside), self.company | self.alone)
        inside = {"parent": {"not": {"city": {"eq": "Ghent"}}}}
        self.assertFalse(self.found(inside))

    def test_archived_parent(self):
        """A many2one leads to archived records, as it does in answers."""
        self.company.active = False
        self.assertEqual(self.found({"parent": {"name": {"eq": "Works"}}}), self.ann | self.bob)

    def test_some_and_none(self):
        baker = {"function": {"eq": "Baker"}}
        self.assertEqual(self.found({"children": {"some": baker}}), self.company)
        self.assertEqual(
            self.found({"children": {"none": baker}}), self.ann | self.bob | self.alone
        )
        self.assertEqual(self.found({"children": {"some": {}}}), self.company)
        self.assertEqual(self.found({"children": {"none": {}}}), self.ann | self.bob | self.alone)
        both = {"some": {"name": {"eq": "Ann"}}, "none": {"name": {"eq": "Zed"}}}
        self.assertEqual(self.found({"children": both}), self.company)
        self.assertEqual(self.found({"children": {}}), self.everybody - self.archived)

    def test_some_of_a_many2many(self):
        gold = {"name": {"eq": "Gold"}}
        self.assertEqual(self.found({"tags": {"some": gold}}), self.ann)
        self.assertEqual(self.found({"tags": {"none": gold}}), self.company | self.bob | self.alone)
        self.assertEqual(self.found({"tags": {"some": {"id": {"eq": str(self.tag.id)}}}}), self.ann)
        nested = {"children": {"some": {"tags": {"some": gold}}}}
        self.assertEqual(self.found(nested), self.company)

    def test_archived_children_do_not_count(self):
        """As in the list of children of an answer."""
        self.assertFalse(self.found({"children": {"some": {"function": {"eq": "Sage"}}}}))

    def test_include_archived(self):
        self.assertEqual(self.found({}, archived=True), self.everybody)
        self.assertEqual(self.found({"function": {"eq": "Sage"}}, archived=True), self.archived)
        self.assertFalse(self.found({"function": {"eq": "Sage"}}))

    def test_filter_by_active(self):
        """Who asks for archived records by name gets them, as in Odoo."""
        for archived in (False, True):
            where = {"active": {"eq": False}}
            self.assertEqual(self.found(where, archived=archived), self.archived)

    def test_logic(self):
        ann, bob = {"name": {"eq": "Ann"}}, {"name": {"eq": "Bob"}}
        self.assertEqual(self.found({"or": [ann, bob]}), self.ann | self.bob)
        self.assertFalse(self.found({"and": [ann, bob]}))
        self.assertEqual(self.found({"not": ann}), self.company | self.bob | self.alone)
        self.assertEqual(self.found({"not": {"or": [ann, bob]}}), self.company | self.alone)
        self.assertEqual(self.found({"not": {"not": ann}}), self.ann)
        self.assertEqual(
            self.found({"or": [ann, {"and": [bob, {"not": ann}]}]}), self.ann | self.bob
        )
        beside = {"name": {"in": ["Ann", "Alone"]}, "or": [ann, bob], "parent": {"isNull": False}}
        self.assertEqual(self.found(beside), self.ann)

    def test_empty_lists_of_conditions(self):
        """All of no conditions is true, one of no conditions is false."""
        self.assertEqual(self.found({"and": []}), self.everybody - self.archived)
        self.assertFalse(self.found({"or": []}))
        self.assertEqual(self.found({"or": [{}]}), self.everybody - self.archived)

    def test_null_where_it_says_nothing(self):
        for where in (
            {"and": None},
            {"or": None},
            {"not": None},
            {"name": None},
            {"parent": None},
            {"children": None},
            {"children": {"some": None}},
            {"children": {"none": None}},
            {"children": {"some": {"name": None}}},
            {"parent": {"id": None}},
            {"parent": {"id": {"in": None}}},
            {"parent": {"id": {"gt": None}}},
            {"id": {"gt": None}},
            {"parent": {"isNull": None}},
            {"name": {"isNull": None}},
            {"name": {"in": None}},
            {"name": {"contains": None}},
            {"partnerLatitude": {"eq": None}},
            {"partnerLatitude": {"gt": None}},
            {"isCompany": {"eq": None}},
            {"isCompany": {"ne": None}},
        ):
            with self.subTest(where=where):
                self.assert_bad(where)

    def test_values_that_cannot_be_compared(self):
        for where in (
            {"id": {"eq": "x"}},
            {"id": {"eq": "-5"}},
            {"id": {"eq": ""}},
            {"id": {"eq": "0"}},
            {"id": {"gt": "-1"}},
            {"id": {"lte": "x"}},
            {"createDate": {"eq": "9999-12-31T23:59:59Z"}},
            {"writeDate": {"in": ["9999-12-31T23:59:59.5Z"]}},
            {"parent": {"id": {"ne": "x"}}},
            {"parent": {"id": {"notIn": ["0"]}}},
            {"id": {"in": ["5", "99999999999999999999"]}},
            {"name": {"eq": "a\x00b"}},
            {"name": {"contains": "\x00"}},
            {"name": {"in": ["\x00"]}},
        ):
            with self.subTest(where=where):
                self.assert_bad(where)

    def test_values_of_another_type(self):
        query = "query ($filter: LeadFilter) { leads(filter: $filter) { totalCount } }"
        for where in (
            {"name": {"eq": 5}},
            {"name": {"in": [None]}},
            {"dateDeadline": {"eq": "tomorrow"}},
            {"dateDeadline": {"eq": "2026-13-01"}},
            {"dateDeadline": {"eq": "2026-11-23T08:00:00Z"}},
            {"dateOpen": {"eq": "2026-11-23"}},
            {"dateOpen": {"eq": "2026-11-23T25:00:00Z"}},
            {"dateOpen": {"gt": 5}},
            {"type": {"eq": "nothing"}},
            {"active": {"eq": "yes"}},
            {"expectedRevenue": {"gt": "5"}},
            {"unknown": {"eq": 1}},
            {"name": {"like": "x"}},
        ):
            with self.subTest(where=where):
                self.graphql(query, {"filter": where}, errors=[("BAD_USER_INPUT", None)])

    def test_integer_beyond_the_column(self):
        """Numbers that no 32-bit column holds: refused or not found, never a crash."""
        query = (
            "query ($filter: CustomerTagFilter) { customerTags(filter: $filter) { nodes { id } } }"
        )
        body = self.graphql_response(query, {"filter": {"color": {"eq": 2**31}}}).json()
        self.assertEqual(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT")
        query = "query ($filter: LeadFilter) { leads(filter: $filter) { nodes { id } } }"
        for number in (1e300, -1e300, 1e-300):
            body = self.graphql(query, {"filter": {"expectedRevenue": {"eq": number}}})
            self.assertEqual(body["leads"]["nodes"], [])

    def test_datetimes_at_the_ends_of_time(self):
        query = "query ($filter: LeadFilter) { leads(filter: $filter) { totalCount } }"
        for moment in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
            for operator in ("lt", "lte", "gt", "gte"):
                self.graphql(query, {"filter": {"dateOpen": {operator: moment}}})
        beyond = {"dateOpen": {"gt": "0001-01-01T00:00:00+14:00"}}
        self.graphql(query, {"filter": beyond}, errors=[("BAD_USER_INPUT", None)])

    def test_not_offered(self):
        """What Odoo cannot search, what is binary and what is hidden is no filter."""
        types = self.env["graphql_api.schema"]._get_schema().graphql_schema.type_map
        self.assertNotIn("image1920", types["CustomerFilter"].fields)
        self.assertNotIn("properties", types["CustomerFilter"].fields)
        self.assertNotIn("imageUrl", types["CountryFilter"].fields)
        self.assertIn("name", types["ProductFilter"].fields)

    def test_not_filterable(self):
        """An administrator takes a field out of filters and orders."""
        line = self.env.ref("graphql_api.customer__vat")
        line.filterable = False
        self.assert_bad_request('{ customers(filter: {vat: {eq: "x"}}) { totalCount } }')
        self.assert_bad_request("{ customers(orderBy: [{vat: ASC}]) { totalCount } }")
        self.assert_bad_request(
            '{ saleOrders(filter: {customer: {vat: {eq: "x"}}}) { totalCount } }'
        )

    def assert_bad_request(self, query):
        body = self.graphql_response(query).json()
        self.assertEqual(body["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED")

    def test_literals_and_variables(self):
        query = """query ($name: String, $names: [String!]) {
          one: customers(filter: {name: {eq: $name}}) { nodes { name } }
          two: customers(filter: {name: {in: $names}}, orderBy: [{name: ASC}]) { nodes { name } }
          three: customers(filter: {name: {eq: "Alone"}}) { nodes { name } }
        }"""
        data = self.graphql(query, {"name": "Ann", "names": ["Bob", "Ann"]})
        self.assertEqual(data["one"]["nodes"], [{"name": "Ann"}])
        self.assertEqual(data["two"]["nodes"], [{"name": "Ann"}, {"name": "Bob"}])
        self.assertEqual(data["three"]["nodes"], [{"name": "Alone"}])

    def test_absent_variable_is_no_condition(self):
        """GraphQL leaves an input field out whose variable was not given."""
        query = """query ($ids: [ID!], $name: String) {
          customers(filter: {id: {in: $ids}, name: {eq: $name}}) { nodes { id } }
        }"""
        ids = [str(i) for i in (self.ann | self.bob).ids]
        nodes = self.graphql(query, {"ids": ids})["customers"]["nodes"]
        self.assertEqual(sorted(node["id"] for node in nodes), sorted(ids))
