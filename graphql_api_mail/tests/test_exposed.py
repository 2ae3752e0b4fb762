"""What the addon exposes, field by field: whoever adds one has to think of who may see it."""

from odoo.tests import TransactionCase, tagged

from odoo.addons.graphql_api.schema.exposure.policy import ACTIONS, Rights

EXPOSED = {
    "Activity": {
        *("activity_type_id", "attachment_ids", "automated", "active", "date_deadline"),
        *("date_done", "feedback", "note", "res_id", "res_model", "res_name", "state"),
        *("summary", "user_id"),
    },
    "ActivityType": {"category", "delay_count", "delay_unit", "name", "sequence", "summary"},
    "Follower": {"name", "partner_id", "subtype_ids"},
    "Message": {
        *("attachment_ids", "author_id", "body", "date", "graphql_api_author_name"),
        *("graphql_api_kind", "graphql_api_text", "is_internal", "message_type", "parent_id"),
        *("subject", "subtype_id"),
    },
    "MessageSubtype": {"description", "internal", "name", "sequence"},
}
WRITABLE = {"activity_type_id", "date_deadline", "note", "summary", "user_id"}


@tagged("post_install", "-at_install")
class TestExposed(TransactionCase):
    def test_fields(self):
        resources = self.env["graphql_api.schema"]._get_schema().resources
        for type_name, names in EXPOSED.items():
            fields = resources[type_name].fields.values()
            self.assertEqual({field.field for field in fields}, names)
            writable = {field.field for field in fields if field.writable}
            self.assertEqual(writable, WRITABLE if type_name == "Activity" else set())

    def test_operations(self):
        """Only activities can be changed, and only they and their types have lists of all."""
        resources = self.env["graphql_api.schema"]._get_schema().resources
        for type_name in EXPOSED:
            resource = resources[type_name]
            of_activity = {"read", "update", "delete"} if type_name == "Activity" else {"read"}
            self.assertEqual(resource.operations, of_activity)
            self.assertEqual(resource.is_root, type_name.startswith("Activity"))

    def test_every_resource_with_messages_has_the_same_actions(self):
        """Of the catalog; administrators give them to others."""
        resources = self.env["graphql_api.schema"]._get_schema().resources
        methods = {
            "graphql_api_follow",
            "graphql_api_post_message",
            "graphql_api_schedule_activity",
            "graphql_api_unfollow",
        }
        with_messages = [
            resource for resource in resources.values() if "messages" in resource.fields
        ]
        self.assertEqual(len(with_messages), 10)
        for resource in with_messages:
            self.assertLessEqual({"messages", "followers", "activities"}, set(resource.fields))
            actions = {action.method: action for action in resource.actions.values()}
            self.assertLessEqual(methods, set(actions))
            for method in methods:
                self.assertEqual(actions[method].access, "read")

    def test_files_need_the_right_to_create_attachments(self):
        resources = self.env["graphql_api.schema"]._get_schema().resources
        granted = {("Lead", "read"), ("Lead", ACTIONS), ("Message", "read")}
        for more, arguments in (
            ((), set()),
            (("read",), {"attachments"}),
            (("read", "create"), {"attachments", "files"}),
        ):
            rights = Rights(frozenset([*granted, *(("Attachment", name) for name in more)]))
            (lead,) = (
                each for each in rights.restrict(resources.values()) if each.type_name == "Lead"
            )
            shape = lead.actions["post-message"].arguments
            self.assertEqual({"attachments", "files"} & set(shape.arguments), arguments)
