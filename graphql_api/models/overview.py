"""What administrators see first: what is exposed, what needs a look, and how the API is used."""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

_CLOSED = "graphql_api.first_steps_closed"
"""The system parameter by which an administrator has closed the first steps."""


_WARNED_DAYS = 14
"""Days before a key expires at which it is named."""


class GraphqlApiOverview(models.AbstractModel):
    """The texts and numbers of the overview (static/src/backend/overview.js).

    A link has a ``text``, and an ``action`` of Odoo, its external id or a dict, with a ``context``;
    or a ``method`` of the request log, after which the overview is loaded again.
    """

    _name = "graphql_api.overview"
    _description = "API Overview"

    @api.model
    def get_overview(self) -> dict:
        """Return all that the screen shows.

        ``steps``: the first steps, none once they are done or closed. ``warnings``: what needs a
        look, with links. ``exposed``: numbers with links. ``log``: a text that says what is logged,
        with links. ``traffic``: of the last day, see :meth:`get_traffic`.

        :raise AccessError: for all but administrators
        """
        self._check_administrator()
        settings = self.env["graphql_api.settings"]._get_settings()
        exposure = self.env["graphql_api.schema"]._compile_exposure()
        policies = self.env["graphql_api.policy"].search(Domain("active", "=", True))
        keys = self._count_keys(settings)
        steps = self._get_steps(exposure, policies, keys)
        return {
            "steps": steps,
            "warnings": [
                *self._get_key_warnings(settings, keys, has_steps=bool(steps)),
                *self._get_problems(exposure, policies),
            ],
            "exposed": self._get_exposed(exposure, policies, keys),
            "log": self.env["graphql_api.request"]._describe_log(settings, policies),
            "traffic": self.get_traffic("day"),
        }

    @api.model
    def get_traffic(self, period: str) -> dict:
        """Return how the API was used in the last ``"day"`` or ``"week"``, as far as it was logged.

        See :meth:`graphql_api.request._get_traffic`.

        :raise AccessError: for all but administrators
        """
        self._check_administrator()
        return self.env["graphql_api.request"]._get_traffic(period)

    @api.model
    def close_steps(self) -> None:
        """Show the first steps to nobody any more.

        :raise AccessError: for all but administrators
        """
        self._check_administrator()
        self.env["ir.config_parameter"].set_param(_CLOSED, "True")

    def _check_administrator(self) -> None:
        if not self.env.is_system():
            raise AccessError(self.env._("The overview of the API is for administrators."))

    def _count_keys(self, settings) -> dict[str, int]:
        """Return how many keys work, by what is told of them."""
        keys = self.env["graphql_api.key"]
        works = Domain("expiration_date", "=", False) | Domain("expiration_date", ">", "now")
        groups = keys._read_group(works, ["signed_in"], ["__count", "last_used:max"])
        by_kind = {signed_in: count for signed_in, count, _last_used in groups}
        plain_keys = self.env["res.users.apikeys"]
        return {
            "made": by_kind.get(False, 0),
            "devices": by_kind.get(True, 0),
            "used": sum(bool(last_used) for _signed_in, _count, last_used in groups),
            "plain": settings.plain_keys and plain_keys.search_count(keys._get_plain_key_domain()),
        }

    def _get_steps(self, exposure, policies, keys: dict[str, int]) -> list[dict]:
        has_keys = bool(keys["made"] or keys["devices"])
        steps = [
            {
                "title": self.env._("Expose"),
                "description": self.env._(
                    "Choose the models, fields and operations that clients can reach."
                ),
                "is_done": bool(exposure.resources),
                "link": _link(self.env._("Resources"), "graphql_api.resource_action"),
            },
            {
                "title": self.env._("Make a policy"),
                "description": self.env._("Choose the part of it that an app needs."),
                "is_done": bool(policies),
                "link": _link(self.env._("Policies"), "graphql_api.action_policies"),
            },
            {
                "title": self.env._("Make a key, and try it"),
                "description": self.env._(
                    "The key lets the app in, as one of your users and under the policy. Paste it "
                    "into GraphiQL to see what it reaches."
                ),
                "is_done": has_keys and bool(keys["used"]),
                "link": _link(self.env._("GraphiQL"), "graphql_api.action_graphiql")
                if has_keys
                else _link(self.env._("New Key"), "graphql_api.action_make_key"),
            },
        ]
        is_closed = self.env["ir.config_parameter"].get_param(_CLOSED)
        return [] if is_closed or all(step["is_done"] for step in steps) else steps

    def _get_key_warnings(self, settings, keys: dict[str, int], has_steps: bool) -> list[dict]:
        """Return what is to be known of keys, without what the first steps tell already."""
        found = []
        made_here = Domain("signed_in", "=", False)
        if ending := self.env["graphql_api.key"]._search_ending(_WARNED_DAYS, made_here):
            text = self.env._("Keys that expire within 14 days: %s.", len(ending))
            found.append({"text": text, "link": _link(self.env._("Show Them"), ending._open())})
        if keys["plain"]:
            text = self.env._(
                "Keys without a policy: %s. They reach everything that is exposed and that their "
                "user may access.",
                keys["plain"],
            )
            link = _link(self.env._("Show Them"), "graphql_api.action_plain_keys")
            found.append({"text": text, "link": link})
        if not (has_steps or keys["made"] or keys["devices"]):
            text = self.env._("No policy is in use: no key that works has one.")
            link = _link(self.env._("Policies"), "graphql_api.action_policies")
            found.append({"text": text, "link": link})
        if settings.sign_in:
            policy = self.env["graphql_api.key"]._get_sign_in_policy()
            text = (
                self.env._(
                    "Signing in is open: whoever has a login and a password gets a key at "
                    "/api/auth/token, under the policy %s.",
                    policy.name,
                )
                if policy
                else self.env._(
                    "Signing in from apps is on, but its policy is archived or deleted."
                )
            )
            link = _link(self.env._("Settings"), "graphql_api.settings_action")
            found.append({"text": text, "link": link})
        return found

    def _get_problems(self, exposure, policies) -> list[dict]:
        """Return the resources and policies that are not served, and why."""
        resources = self.env["graphql_api.resource"].browse(exposure.problems)
        found = [
            (
                resource,
                self.env._(
                    "%(name)s is not served. %(problem)s",
                    name=resource.type_name,
                    problem=exposure.problems[resource.id],
                ),
            )
            for resource in resources.filtered("is_installed").sorted("type_name")
        ] + [
            (
                policy,
                self.env._(
                    "Keys of the policy %(name)s are refused. %(problem)s",
                    name=policy.name,
                    problem=problem,
                ),
            )
            for policy in policies
            if (problem := policy._get_policy(policy.id).problem)
        ]
        return [{"text": text, "link": self._link_to(record)} for record, text in found]

    def _get_exposed(self, exposure, policies, keys: dict[str, int]) -> list[dict]:
        served = exposure.resources.values()
        fields = sum(len(each.fields) for each in served)
        actions = sum(len(each.actions) for each in served)
        resources, keys_list = "graphql_api.resource_action", "graphql_api.action_keys"
        numbers = [
            (self.env._("Resources"), len(served), resources, {}),
            (self.env._("Fields"), fields, resources, {}),
            (self.env._("Actions"), actions, resources, {}),
            (self.env._("Policies"), len(policies), "graphql_api.action_policies", {}),
            (self.env._("Keys"), keys["made"], keys_list, {"search_default_made": 1}),
            (
                self.env._("Signed-in Devices"),
                keys["devices"],
                keys_list,
                {"search_default_signed_in": 1},
            ),
        ]
        return [
            {"count": count, "link": _link(text, action, **context)}
            for text, count, action, context in numbers
        ]

    def _link_to(self, record) -> dict:
        return _link(
            self.env._("Open"),
            {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [(False, "form")],
            },
        )


def _link(text: str, action: str | dict, **context) -> dict:
    return {"text": text, "action": action, "context": context}
