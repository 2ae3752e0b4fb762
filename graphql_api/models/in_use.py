from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

_NAMED = 5
"""Policies and users that a message names."""


class GraphqlApiInUse(models.AbstractModel):
    """Who uses a resource: policies, requests, and what keeps it from being deleted."""

    _name = "graphql_api.in_use"
    _description = "API Resource in Use"

    policy_count = fields.Integer(string="Policies", compute="_compute_policy_count")

    def _compute_policy_count(self):
        for resource in self:
            resource.policy_count = self.env["graphql_api.policy"].search_count(
                resource._get_policy_domain()
            )

    def _get_policy_domain(self) -> list:
        """Return the domain of the policies whose keys reach the resource."""
        return ["|", ("all_resources", "=", True), ("right_ids.resource_id", "=", self._origin.id)]

    def open_policies(self):
        """Show the policies whose keys reach the resource."""
        self.ensure_one()
        return self._open_list(
            self.env._("Policies of %s", self.type_name),
            "graphql_api.policy",
            self._get_policy_domain(),
        )

    def open_requests(self):
        """Show what the request log has of the resource in REST.

        Requests of GraphQL are logged by the names of their operations, which tell no resource.
        """
        self.ensure_one()
        return self._open_list(
            self.env._("REST Requests of %s", self.type_name),
            "graphql_api.request",
            self._get_request_domain(),
        )

    def open_records(self):
        """Show the records that the resource exposes, with Odoo's own screens of the model."""
        self.ensure_one()
        return self._open_list(self.type_name, self.model, self._get_domain())

    def _get_request_domain(self) -> list:
        address = f"% /api/{self.collection}"
        return ["|", ("operation", "=like", address), ("operation", "=like", f"{address}/%")]

    def _open_list(self, name: str, model: str, domain: list) -> dict:
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Refuse to delete what was used lately, and say by whom; what is archived may go."""
        for resource in self.filtered("active"):
            if uses := resource._describe_uses():
                raise UserError(
                    self.env._(
                        "%(resource)s is in use: %(uses)s. Archive it instead: clients cannot "
                        "reach it then, and you can restore it. An archived resource can be "
                        "deleted.",
                        resource=resource.type_name,
                        uses=", ".join(uses),
                    )
                )

    def _describe_uses(self) -> list[str]:
        """Return who used the resource last and when, as far as the request log tells."""
        self.ensure_one()
        policies = self.env["graphql_api.usage"]._read_group(
            [("type_name", "=", self.type_name)],
            ["policy_id"],
            ["last_used_on:max"],
            order="last_used_on:max desc",
            limit=_NAMED,
        )
        users = self.env["graphql_api.request"]._read_group(
            self._get_request_domain(),
            ["user_id"],
            ["started_at:max"],
            order="started_at:max desc",
            limit=_NAMED,
        )
        return [
            *(
                self.env._(
                    "keys of %(policy)s on %(day)s",
                    policy=policy.name,
                    day=format_date(self.env, day),
                )
                for policy, day in policies
            ),
            *(
                self.env._(
                    "%(user)s on %(day)s",
                    user=user.name or self.env._("a deleted user"),
                    day=format_date(self.env, time),
                )
                for user, time in users
            ),
        ]
