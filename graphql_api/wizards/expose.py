from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..models.odoo_fields import is_writable
from ..schema.exposure.names import default_name
from ..schema.exposure.resource_field import RELATIONS
from . import proposals


class GraphqlApiExpose(models.TransientModel):
    """Proposes a resource for a model: names, operations, fields."""

    _name = "graphql_api.expose"
    _description = "Expose a Model"

    available_model_ids = fields.Many2many("ir.model", compute="_compute_available_model_ids")
    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', available_model_ids)]",
    )
    resource_ids = fields.Many2many(
        "graphql_api.resource",
        compute="_compute_resource_ids",
        context={"active_test": False},
        help="Those that expose the model already, archived ones too.",
    )
    exposed_text = fields.Char(compute="_compute_resource_ids")
    type_name = fields.Char(
        string="Type",
        required=True,
        compute="_compute_names",
        store=True,
        readonly=False,
        help="GraphQL type of one record, in PascalCase singular: SaleOrder.",
    )
    collection = fields.Char(
        required=True,
        compute="_compute_names",
        store=True,
        readonly=False,
        help="REST collection, in lower case plural: sale-orders.",
    )
    allow_read = fields.Boolean(string="Read", default=True)
    allow_create = fields.Boolean(string="Create")
    allow_update = fields.Boolean(string="Update")
    allow_delete = fields.Boolean(string="Delete")
    field_ids = fields.One2many(
        "graphql_api.expose.field",
        "expose_id",
        string="Fields",
        compute="_compute_field_ids",
        store=True,
        readonly=False,
    )

    @api.depends_context("uid")
    def _compute_available_model_ids(self):
        domain = Domain("transient", "=", False) & Domain("abstract", "=", False)
        domain &= Domain("model", "not like", "graphql_api.")
        available = self.env["ir.model"].search(domain)
        self.available_model_ids = available.filtered(lambda model: model.model in self.env)

    @api.depends("model_id")
    def _compute_resource_ids(self):
        resources = self._get_all_resources("type_name", "model", "active")
        for expose in self:
            expose.resource_ids = resources.filtered_domain([("model", "=", expose.model_id.model)])
            names = [
                each.type_name if each.active else self.env._("%s (archived)", each.type_name)
                for each in expose.resource_ids
            ]
            expose.exposed_text = names and self.env._(
                "%(model)s is exposed already, as %(names)s.",
                model=expose.model_id.model,
                names=", ".join(names),
            )

    def open_exposed(self):
        """Show the resources that expose the model already."""
        self.ensure_one()
        if len(self.resource_ids) == 1:
            return self.resource_ids._open_form()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Resources of %s", self.model_id.name),
            "res_model": "graphql_api.resource",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.resource_ids.ids)],
            "context": {"active_test": False},
        }

    @api.depends("model_id")
    def _compute_names(self):
        others = [
            (resource.type_name, resource.collection)
            for resource in self._get_all_resources("type_name", "collection")
        ]
        reserved = self.env["graphql_api.schema"]._get_reserved_collections()
        for expose in self:
            expose.type_name, expose.collection = (
                proposals.propose_names(expose.model_id.model, others, reserved)
                if expose.model_id
                else (False, False)
            )

    @api.depends("model_id")
    def _compute_field_ids(self):
        for expose in self:
            commands = [Command.clear()]
            if expose.model_id:
                commands += map(Command.create, expose._propose_fields())
            expose.field_ids = commands

    def _propose_fields(self) -> list[dict]:
        """Return values of proposed fields, one for each field that can be exposed."""
        offered = proposals.offered_fields(self.env[self.model_id.model])
        names = proposals.propose_field_names(offered)
        exposed = self.env["graphql_api.resource"]._get_exposed_models()
        exposed.add(self.model_id.model)
        values = []
        for field in offered:
            if field.name in names:
                note = self._find_reservation(field, exposed)
                values.append(
                    {
                        "field_name": field.name,
                        "label": field.string,
                        "type": field.type,
                        "api_name": names[field.name],
                        "is_exposed": not note,
                        "can_write": is_writable(field),
                        "note": note,
                    }
                )
        # What is proposed comes first.
        return sorted(values, key=lambda proposed: not proposed["is_exposed"])

    def _find_reservation(self, field, exposed: set[str]) -> str | None:
        """Return why a field is not proposed, None where it is.

        :param exposed: names of the models that are exposed
        """
        if field.groups:
            return self.env._("Only for certain groups")
        if proposals.is_sensitive(field):
            return self.env._("Sounds confidential")
        if field.type in RELATIONS and field.comodel_name not in exposed:
            return self.env._("Leads to %(model)s, which is not exposed", model=field.comodel_name)
        if proposals.is_file(field):
            return self.env._("A file")
        if proposals.is_computed(field):
            return self.env._("Computed at every read")
        return None

    def _get_all_resources(self, *names: str):
        """Return all resources, archived ones too, with some of their values in the cache."""
        resources = self.env["graphql_api.resource"].with_context(active_test=False)
        return resources.search_fetch(Domain.TRUE, names)

    def action_expose(self):
        """Create the resource and open it.

        :raise RedirectWarning: another resource has one of the names
        :raise ValidationError: for a mistake that a resource cannot have
        """
        self.ensure_one()
        exposed = self.field_ids.filtered("is_exposed")
        resource = self.env["graphql_api.resource"].create(
            {
                "type_name": self.type_name,
                "collection": self.collection,
                "model": self.model_id.model,
                "allow_read": self.allow_read,
                "allow_create": self.allow_create,
                "allow_update": self.allow_update,
                "allow_delete": self.allow_delete,
                "field_ids": [
                    Command.create(
                        {
                            "field_name": field.field_name,
                            "api_name": field.api_name != default_name(field.field_name, field.type)
                            and field.api_name,
                            "writable": field.is_writable,
                            "filterable": field.is_filterable,
                        }
                    )
                    for field in exposed
                ],
            }
        )
        return resource._open_form()
