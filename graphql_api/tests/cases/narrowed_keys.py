"""Keys under policies whose lines name fields, actions, records and values."""

from odoo import Command
from odoo.tests import new_test_user

from .scoped_keys import ScopedKeyCase


class NarrowedKeyCase(ScopedKeyCase):
    """Makes policies of lines that say more than the operations."""

    ALL = ("read", "create", "update", "delete", "actions")

    @classmethod
    def line(
        cls,
        type_name,
        operations=ALL,
        *,
        read=None,
        write=None,
        actions=None,
        filter="[]",
        **values,
    ):
        """Return the values of a line.

        :param read, write, actions: REST names of what is granted, None for all
        :param filter: the record filter
        :param values: what is always set, by Odoo's names of the fields
        """
        resource = cls.env["graphql_api.resource"].search([("type_name", "=", type_name)])
        line = {
            "resource_id": resource.ensure_one().id,
            "record_filter": filter,
            **{f"allow_{name}": name in operations for name in (*cls.ALL, "reports")},
        }
        fields = {field.rest_name: field for field in resource.field_ids}
        actions_of = {action.name: action for action in resource.action_ids}
        for kind, names, known, key in (
            ("all_read_fields", read, fields, "read_field_ids"),
            ("all_write_fields", write, fields, "write_field_ids"),
            ("all_actions", actions, actions_of, "action_ids"),
        ):
            if names is not None:
                line[kind] = False
                line[key] = [Command.set([known[name].id for name in names])]
        by_odoo_name = {
            field.field_name: field for field in resource.field_ids if not field.shows_name
        }
        line["value_ids"] = [
            Command.create({"field_id": by_odoo_name[name].id, "value": value})
            for name, value in values.items()
        ]
        return line

    @classmethod
    def lines_of_all(cls, *lines):
        """Return these lines, and for each other resource one that grants all of it."""
        narrowed = {line["resource_id"] for line in lines}
        others = cls.env["graphql_api.resource"].search([("id", "not in", list(narrowed))])
        whole = (*cls.ALL, "reports")
        return [*lines, *(cls.line(resource.type_name, whole) for resource in others)]

    @classmethod
    def all_but(cls, type_name, *field_names, filter="[]"):
        """Return a line that grants a resource but for fields, by Odoo's names, and records."""
        resource = cls.env["graphql_api.resource"].search([("type_name", "=", type_name)])
        kept = resource.field_ids.filtered(lambda field: field.field_name not in field_names)
        names = [field.rest_name for field in kept] if field_names else None
        whole = (*cls.ALL, "reports")
        return cls.line(type_name, whole, read=names, write=names, filter=filter)

    @classmethod
    def narrowed_policy(cls, *lines, **values):
        """Return a new policy with these lines."""
        rights = [Command.create(line) for line in lines]
        return cls.env["graphql_api.policy"].create(
            {"name": "Znarrow", "right_ids": rights, **values}
        )

    def narrowed_key(self, *lines, login="admin", **values):
        """Return headers with a key under a new policy with these lines."""
        return self.scoped_key(self.narrowed_policy(*lines, **values), login)


class NarrowedSellerCase(NarrowedKeyCase):
    """A salesman to whom the rules show all records, and keys only some; and another one."""

    login = "zseller"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"
        cls.seller = new_test_user(cls.env, "zseller", groups=groups, lang="en_US")
        cls.other = new_test_user(cls.env, "zother", groups=groups, lang="en_US")
