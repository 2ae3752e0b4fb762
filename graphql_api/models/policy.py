import logging
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..schema.exposure.limits import Limits
from ..schema.exposure.policy import (
    ACTIONS,
    REPORTS,
    Networks,
    Parts,
    Policy,
    Rights,
    parse_networks,
)
from ..schema.exposure.record_filter import RecordFilter
from .exposure import POLICY_CACHE, kept
from .resource import OPERATIONS
from .settings import Settings

_logger = logging.getLogger(__name__)

LIMIT_NAMES = tuple(limit.name for limit in dataclass_fields(Limits))


class GraphqlApiPolicy(models.Model):
    """What keys may do: resources and operations, networks, limits."""

    _name = "graphql_api.policy"
    _description = "API Policy"
    _inherit = ["graphql_api.exposure"]
    _order = "name"

    # Schemas are for rights, whichever policy grants them.
    _cleared_caches = (POLICY_CACHE,)

    name = fields.Char(required=True, help="What the keys are for: Sales app, Web shop.")
    active = fields.Boolean(
        default=True,
        help="Archive a policy to refuse all its keys; restore it to accept them again.",
    )
    all_resources = fields.Boolean(
        string="Everything That Is Exposed",
        help="Keys reach all resources that their user may access, also those that are exposed "
        "later. Otherwise they reach only the resources in the list.",
    )
    right_ids = fields.One2many(
        "graphql_api.policy.right", "policy_id", string="Resources", copy=True
    )
    change_ids = fields.One2many("graphql_api.change", "policy_id", string="Changes")
    status = fields.Char(
        compute="_compute_status", help="Whether keys of the policy work; if not, why."
    )
    is_served = fields.Boolean(compute="_compute_status")
    read_only = fields.Boolean(help="Keys cannot change anything, whatever else the policy allows.")
    allow_extensions = fields.Boolean(
        string="Additions by Addons",
        help="Keys also reach the queries, fields and mutations that addons add in code.",
    )
    networks = fields.Char(
        help="Keys work only from these networks, separated by commas: 192.0.2.0/24, "
        "2001:db8::/32. If empty: from anywhere."
    )
    self_service = fields.Boolean(
        string="Users May Choose It",
        copy=False,
        help="Users can make keys with this policy for themselves, in their preferences. "
        "Otherwise only administrators make them.",
    )
    key_ids = fields.One2many("graphql_api.key", "policy_id", string="Keys")
    key_count = fields.Integer(string="Number of Keys", compute="_compute_key_count")
    log_requests = fields.Boolean(
        help="Each request with one of the keys is written to the request log."
    )
    registered_documents = fields.Boolean(
        string="Registered Documents Only",
        help="In GraphQL, the keys run only registered documents. REST is not affected.",
    )
    read_metrics = fields.Boolean(
        help="Keys may read the metrics of this server at /api/metrics. This is for monitoring "
        "systems; apps do not need it."
    )
    server_timing = fields.Boolean(
        string="Server-Timing",
        help="Responses tell how long a request took and how many SQL queries it needed. This is "
        "for development, not for apps: the numbers can hint at records that the caller may "
        "not see. Administrators always get them.",
    )
    max_depth = fields.Integer(help="Maximum nesting of fields. 0: the server's limit.")
    max_aliases = fields.Integer(
        help="Maximum number of aliases that select a field again. 0: the server's limit."
    )
    max_tokens = fields.Integer(
        help="Maximum number of words and punctuation marks in a document. 0: the server's limit."
    )
    max_cost = fields.Integer(
        help="Maximum number of records that a request may reach, estimated before it runs. 0: "
        "the server's limit."
    )
    max_page_size = fields.Integer(
        help="Maximum number of records in a page. 0: the server's limit."
    )
    max_body_size = fields.Integer(
        help="Maximum size of a request's body, in bytes. 0: the server's limit."
    )
    max_response_size = fields.Integer(
        help="Maximum size of a response, in bytes. 0: the server's limit."
    )
    max_seconds = fields.Integer(
        help="Seconds after which a request is cancelled. 0: the server's limit."
    )
    requests_per_minute = fields.Integer(
        help="Requests per minute of each key. 0: the server's limit."
    )

    _limits_not_negative = models.Constraint(
        f"CHECK(LEAST({', '.join(LIMIT_NAMES)}) >= 0)", "A limit must not be negative."
    )

    @api.depends("active", "all_resources", "right_ids")
    def _compute_status(self):
        def find_problem(policy):
            return policy._find_problem() if policy.active else self.env._("Archived")

        self._set_status(find_problem)

    def _find_problem(self) -> str | None:
        """Return what is wrong with a line of the policy, None where it says what it is meant to.

        What fields or other records are named may be gone since it was saved.
        """
        _filters, _values, problem = self._read_lines()
        return problem

    def _read_lines(
        self,
    ) -> tuple[dict[str, RecordFilter], dict[str, dict[str, Any]], str | None]:
        """Return the record filters and the values that are set, and what is wrong with a line.

        Where something is wrong with one there are none.
        """
        try:
            return self._get_filters(), self._get_values(), None
        except ValidationError as error:
            return {}, {}, error.args[0]

    @api.depends("key_ids")
    def _compute_key_count(self):
        for policy in self:
            policy.key_count = len(policy.key_ids)

    @api.constrains("networks")
    def _check_networks(self):
        for policy in self:
            self._parse_networks(policy.networks or "")

    @api.model
    def _parse_networks(self, text: str) -> Networks:
        """Return the networks that a person has written.

        :raise ValidationError: says how to write them
        """
        networks: Networks = ()
        for part in text.split(","):
            try:
                networks += parse_networks(part)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%s is not a network. Write networks by their first address, like "
                        "192.0.2.0/24, or single addresses, separated by commas.",
                        part.strip(),
                    )
                ) from error
        return networks

    def open_make_key(self):
        """Return the dialog that makes a key under the policy."""
        self.check_access("read")
        return self.env["graphql_api.make_key"]._get_dialog(policy=str(self.id))

    @api.model
    def _get_policy(self, policy_id: int | None) -> Policy:
        """Return a policy as plain values, for None the server's own."""
        settings = self.env["graphql_api.settings"]._get_settings()
        return kept(
            self.env,
            POLICY_CACHE,
            self._get_kept(),
            (policy_id, settings),
            lambda: self._build_policy(policy_id, settings),
        )

    @api.model
    @tools.ormcache(cache=POLICY_CACHE)
    def _get_kept(self) -> dict[tuple[int | None, Settings], Policy]:
        """Return the policies that this process knows, until one changes."""
        return {}

    @api.model
    def _build_policy(self, policy_id: int | None, settings: Settings) -> Policy:
        if policy_id is None:
            return Policy(
                limits=settings.limits,
                log_requests=settings.log_requests,
                introspection=settings.introspection,
                registered_documents=settings.registered_documents,
            )
        # Configuration, the same for every caller, hence sudo.
        policy = self.sudo().browse(policy_id)
        filters, values, problem = policy._read_lines()
        if problem:
            _logger.warning("The policy %s is closed: %s", policy.name, problem)
        own_limits = {name: policy[name] for name in LIMIT_NAMES if policy[name]}
        return Policy(
            id=policy_id,
            name=policy.name,
            rights=policy._get_rights(),
            filters=filters,
            values=values,
            problem=problem,
            limits=replace(settings.limits, **own_limits),
            networks=parse_networks(policy.networks or ""),
            log_requests=policy.log_requests or settings.log_requests,
            introspection=settings.introspection,
            registered_documents=policy.registered_documents or settings.registered_documents,
            read_metrics=policy.read_metrics,
            server_timing=policy.server_timing,
        )

    def _get_rights(self) -> Rights:
        self.ensure_one()
        rights = self._get_listed()
        granted = None
        if not self.all_resources:
            granted = frozenset(
                (right.resource_id.type_name, operation)
                for right in rights
                for operation in (*OPERATIONS, ACTIONS, REPORTS)
                if right[f"allow_{operation}"]
            )
        parts = ((right.resource_id.type_name, right._get_parts()) for right in rights)
        return Rights(
            granted,
            self.read_only,
            self.allow_extensions,
            frozenset(each for each in parts if each[1] != Parts()),
        )

    def _get_listed(self):
        """Return the lines that count: none where the policy is for all that is exposed.

        Rights go by the name of a type, which another resource may have got from one that is not
        served.
        """
        if self.all_resources:
            return self.right_ids.browse()
        return self.right_ids.filtered(
            lambda right: right.resource_id.active and right.resource_id.is_installed
        )

    def _get_filters(self) -> dict[str, RecordFilter]:
        """Return the record filters by type name.

        :raise ValidationError: one of them is none
        """
        found = {right.resource_id.type_name: right._get_filter() for right in self._get_listed()}
        return {name: each for name, each in found.items() if each is not None}

    def _get_values(self) -> dict[str, dict[str, Any]]:
        """Return the values that are always set, by type name and Odoo's name of the field.

        :raise ValidationError: one of them cannot be set
        """
        found = {right.resource_id.type_name: right._get_values() for right in self._get_listed()}
        return {name: values for name, values in found.items() if values}
