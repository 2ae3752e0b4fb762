"""Archived records in the lists of other records."""

from odoo.fields import Domain
from odoo.tests import tagged

from ..cases.api import ApiCase


@tagged("post_install", "-at_install")
class TestArchivedInLists(ApiCase):
    """``includeArchived`` of a relation shows them; without it Odoo decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.company = partners.create({"name": "Works", "is_company": True})
        cls.ann, cls.old = partners.create(
            [
                {"name": "Ann", "parent_id": cls.company.id},
                {"name": "Old", "parent_id": cls.company.id, "active": False},
            ]
        )

    def test_contacts(self):
        """Odoo's own list of contacts has active ones alone, by its domain."""
        query = """query ($id: ID!) {
          customer(id: $id) {
            children { name }
            all: children(includeArchived: true, orderBy: [{name: ASC}]) { name }
            first: children(includeArchived: true, orderBy: [{name: DESC}], first: 1) { name }
            old: children(includeArchived: true, filter: {active: {eq: false}}) { name }
            asked: children(filter: {active: {eq: false}}) { name }
          }
        }"""
        data = self.graphql(query, {"id": str(self.company.id)})["customer"]
        ann, old = {"name": "Ann"}, {"name": "Old"}
        self.assertEqual(data["children"], [ann])
        self.assertEqual(data["all"], [ann, old])
        self.assertEqual(data["first"], [old])
        self.assertEqual(data["old"], [old])
        self.assertEqual(data["asked"], [])

    def test_contacts_of_a_user(self):
        """A list that is another record's."""
        self.env["graphql_api.resource.field"].create(
            {
                "resource_id": self.env.ref("graphql_api.user").id,
                "field_name": "child_ids",
                "api_name": "contacts",
            }
        )
        user = self.user("demo")
        (self.ann | self.old).parent_id = user.partner_id
        self.old.active = False
        query = """query ($id: ID!) {
          user(id: $id) {
            contacts { name }
            all: contacts(includeArchived: true, orderBy: [{name: ASC}]) { name }
            last: contacts(includeArchived: true, orderBy: [{name: ASC}], offset: 1) { name }
          }
          users { nodes { id contacts(includeArchived: true) { id } } }
        }"""
        data = self.graphql(query, {"id": str(user.id)})
        ann, old = {"name": "Ann"}, {"name": "Old"}
        expected = {"contacts": [ann], "all": [ann, old], "last": [old]}
        self.assertEqual(data["user"], expected)
        contacts = {node["id"]: node["contacts"] for node in data["users"]["nodes"]}
        self.assertEqual(len(contacts.pop(str(user.id))), 2)
        self.assertTrue(contacts)

    def test_all_lists(self):
        """Each list of each resource shows a record that is archived, if it is asked to."""
        schema = self.env["graphql_api.schema"]._get_schema()
        shown = 0
        for resource in schema.resources.values():
            for field in resource.fields.values():
                if not field.to_many or not field.readable or field.alias_of:
                    continue
                target = schema.resources[field.relation]
                name = self.env[target.model]._active_name
                if name is None:
                    continue
                with self.subTest(resource.type_name, field=field.graphql_name):
                    shown += self.check_list(schema, resource, field, target, name)
        self.assertGreater(shown, 10)

    def check_list(self, schema, resource, field, target, active_name) -> int:
        """Archive a record of the list, if Odoo has one with any; return how many were."""
        model = self.env[resource.model]
        # A view has no archived records of its own.
        if not self.env[target.model]._auto:
            return 0
        # The caller stays, and so do the companies: Odoo's rules read them to let the caller in.
        caller = self.user(self.login)
        ours = {"res.users": caller.ids, "res.company": caller.company_ids.ids}
        ours = ours.get(target.model, [])
        domain = Domain(list(resource.domain)) & Domain(field.field, "!=", False)
        for record in model.search(domain, limit=5):
            others = record[field.field].filtered_domain(list(target.domain))
            for other in others.filtered(lambda other: other.id not in ours)[:3]:
                self.env.flush_all()
                savepoint = self.env.cr.savepoint()
                try:
                    other._write({active_name: False})
                    self.env.flush_all()
                    self.env.invalidate_all()
                    found = self.listed(resource, field, record, "(includeArchived: true)")
                    self.assertIn(other.id, found)
                    return 1
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()
        return 0

    def listed(self, resource, field, record, arguments):
        query = (
            f"query ($id: ID!) {{ page: {resource.list_name}(filter: {{id: {{eq: $id}}}}, "
            f"includeArchived: true) {{ nodes {{ {field.graphql_name}{arguments} {{ id }} }} }} }}"
        )
        result = self.execute(query, {"id": str(record.id)})
        self.assertFalse(result.errors)
        (node,) = result.data["page"]["nodes"]
        return [int(item["id"]) for item in node[field.graphql_name]]
