"""What a user reaches under a policy, and why not the rest: names and numbers."""

from collections.abc import Iterator

from odoo.fields import Domain

from ..schema.access.access import find_visible, restrict_domain
from ..schema.access.context import OPERATION_RIGHTS, Context
from ..schema.access.odoo_models import OWNERS
from ..schema.exposure.resource import Resource

_COUNTED = 10_000
"""Records that are counted, at most: a large table would take long."""

_NAMED = 5
"""Names in a sentence, at most."""


class Trial:
    """A policy as one of its keys would have it.

    :param env: the user's environment, never superuser
    :param policy: a record of ``graphql_api.policy``
    """

    def __init__(self, env, policy):
        self.env = env
        # The policy is the administrator's to read, hence sudo; records are read as the user.
        policies = policy.sudo()
        self.policy = policies._get_policy(policy.id)
        self.schema = env["graphql_api.schema"]._get_schema(self.policy.rights)
        self.context: Context = self.schema.context(env, {}, self.policy)

    def describe_resources(self) -> Iterator[dict]:
        """Yield what the user reaches of each resource, as values of a line of the dialog."""
        for resource in self.schema.by_collection.values():
            yield self._describe(resource)

    def _describe(self, resource: Resource) -> dict:
        granted = [name for name in OPERATION_RIGHTS if name in resource.operations]
        allowed = [name for name in granted if self.context.may(resource, name)]
        actions = list(resource.actions.values())
        called = [action.name for action in actions if self.context.may_act(resource, action)]
        readable = [field for field in resource.fields.values() if field.readable]
        hidden = [
            field.name for field in readable if not self.context.may_read(resource, field.field)
        ]
        reasons = [self._explain_right(resource, name) for name in granted if name not in allowed]
        if uncalled := [action.name for action in actions if action.name not in called]:
            reasons.append(self.env._("%s: the user may not change the records.", _some(uncalled)))
        values = {
            "type_name": resource.type_name,
            "granted": ", ".join([*granted, *(action.name for action in actions)]),
            "allowed": ", ".join([*allowed, *called]),
        }
        if "read" in allowed:
            values["fields_read"] = str(len(readable) - len(hidden))
            if hidden:
                reasons.append(self.env._("Odoo hides these fields: %s.", _some(hidden)))
            values["records"], reason = self._count(resource)
            reasons += reason
        return {**values, "reason": "\n".join(reasons)}

    def _count(self, resource: Resource) -> tuple[str, list[str]]:
        """Return how many records the user sees, and what hides others."""
        model = self.context.model(resource)
        exposed = Domain(list(resource.domain))
        # A number of records says nothing of them, hence sudo.
        there = model.sudo().search_count(exposed, limit=_COUNTED + 1)
        by_rules = model.search_count(exposed, limit=_COUNTED + 1)
        by_filter = model.search_count(self.context.domain(resource), limit=_COUNTED + 1)
        visible = by_filter
        if resource.model in OWNERS:
            reached = restrict_domain(self.context, resource, Domain.TRUE)
            visible = model.search_count(reached, limit=_COUNTED + 1)
        reasons = []
        if by_rules < there:
            reasons.append(
                self.env._(
                    "Hidden by record rules: %(number)s (%(rules)s).",
                    number=_difference(there, by_rules),
                    rules=self._name_rules(resource, "read"),
                )
            )
        if by_filter < by_rules:
            number = _difference(by_rules, by_filter)
            reasons.append(self.env._("Hidden by the policy's filter: %s.", number))
        if visible < by_filter:
            number = _difference(by_filter, visible)
            reasons.append(self.env._("Belong to records that are not granted: %s.", number))
        return _number(visible), reasons

    def explain(self, type_name: str, operation: str, record_id: int) -> str:
        """Return why the user may not do something with a record, or that he may.

        :param record_id: 0 for no record in particular
        """
        resource = self.schema.resources.get(type_name)
        if resource is None or operation not in resource.operations:
            return self.env._("The policy does not grant it, or nobody may do it with this API.")
        if not self.context.may(resource, operation):
            return self._explain_right(resource, operation)
        if operation == "create" or not record_id:
            return self.env._("Granted.")
        model = self.env[resource.model].with_context(active_test=False)
        exposed = Domain(list(resource.domain))
        same = Domain("id", "=", record_id)
        # Whether there is such a record says nothing of it, hence sudo.
        if not model.sudo().search_count(same):
            return self.env._("There is no such record.")
        if not model.sudo().search_count(same & exposed):
            return self.env._("The record does not match the domain of the resource.")
        if not model.search_count(same & exposed):
            return self.env._("Record rules hide it: %s.", self._name_rules(resource, "read"))
        if not model.search_count(same & self.context.domain(resource)):
            return self.env._("The record does not match the policy's filter.")
        if not find_visible(self.context, resource, [record_id]):
            return self.env._("The record belongs to another one, which is not granted.")
        right = OPERATION_RIGHTS[operation]
        if not model.browse(record_id).has_access(right):
            return self.env._("Record rules refuse it: %s.", self._name_rules(resource, right))
        return self.env._("Granted.")

    def _explain_right(self, resource: Resource, operation: str) -> str:
        # Which groups have a right is configuration, hence sudo.
        access = self.env["ir.model.access"].sudo()
        groups = access.group_names_with_access(resource.model, OPERATION_RIGHTS[operation])
        if not groups:
            return self.env._("%s: Odoo grants it to nobody.", operation)
        return self.env._(
            "%(operation)s: Odoo grants it to %(groups)s.",
            operation=operation,
            groups=_some(groups),
        )

    def _name_rules(self, resource: Resource, right: str) -> str:
        rules = self.env["ir.rule"]._get_rules(resource.model, right)
        return _some(rules.sudo().mapped("display_name"))


def _some(names: list[str]) -> str:
    more = ["…"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])


def _number(number: int) -> str:
    return f"{_COUNTED}+" if number > _COUNTED else str(number)


def _difference(more: int, less: int) -> str:
    return f"{more - less}+" if more > _COUNTED else str(more - less)
