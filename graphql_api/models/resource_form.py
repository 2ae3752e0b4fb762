import json
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL

from ..schema.exposure.errors import RETRIED
from ..schema.reading.ordering import sortable_fields
from .domains import InvalidDomain, check_search
from .example_query import example_query
from .json_text import parse_json
from .ranking import search_ranked, with_model
from .resource import OPERATIONS

_OBJECT_TYPES = ("json", "properties")


class GraphqlApiResource(models.Model):
    """What administrators see of a resource, and what nobody can save.

    Data of an addon may name fields, methods and models that other addons bring: what is
    missing is not refused then, and not served.
    """

    _inherit = "graphql_api.resource"
    _rec_names_search = ("type_name", "collection", "model")

    status = fields.Char(
        compute="_compute_status", help="Whether the API serves the resource; if not, why."
    )
    is_served = fields.Boolean(compute="_compute_status")
    defaults_text = fields.Text(
        string="Defaults",
        compute="_compute_defaults_text",
        inverse="_inverse_defaults_text",
        help="Values that new records get if the client sends none: a JSON object of Odoo's "
        'field names, like {"company_type": "company"}.',
    )

    operations_text = fields.Char(string="Operations", compute="_compute_operations_text")
    change_ids = fields.One2many("graphql_api.change", "resource_id", string="Changes")

    @api.depends("type_name", "model")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self):
        if not self.env.context.get("formatted_display_name"):
            return super()._compute_display_name()
        for resource in self:
            resource.display_name = with_model(resource.type_name, resource.model)

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer the nearest names first."""
        if not name or operator != "ilike":
            return super().name_search(name, domain, operator, limit)
        return search_ranked(self, name, domain, limit, self._rec_names_search)

    @api.depends(
        "active",
        "model",
        "needed_field",
        "type_name",
        "collection",
        "domain",
        "order",
        "field_ids",
        "action_ids",
    )
    def _compute_status(self):
        problems = self.env["graphql_api.schema"]._compile_exposure().problems

        def find_problem(resource):
            if not resource.active:
                return self.env._("Archived")
            if not resource._has_needed_field():
                return self.env._("The model has no field %s.", resource.needed_field)
            if not resource.is_installed:
                return self.env._("The model is not installed.")
            return problems.get(resource._origin.id)

        self._set_status(find_problem)

    @api.depends(*(f"allow_{operation}" for operation in OPERATIONS))
    def _compute_operations_text(self):
        for resource in self:
            resource.operations_text = ", ".join(
                resource._fields[name]._description_string(self.env)
                for name in (f"allow_{operation}" for operation in OPERATIONS)
                if resource[name]
            )

    @api.depends("defaults")
    def _compute_defaults_text(self):
        for resource in self:
            resource.defaults_text = json.dumps(
                resource.defaults or {}, indent=2, ensure_ascii=False
            )

    def _inverse_defaults_text(self):
        for resource in self:
            try:
                resource.defaults = parse_json(resource.defaults_text or "{}")
            except ValueError as error:
                raise ValidationError(
                    self.env._("The defaults are not JSON: %(error)s", error=error)
                ) from error

    def action_open_graphiql(self):
        """Open GraphiQL with a query that lists records of this resource."""
        self.ensure_one()
        return _open("/api/graphql?" + urlencode({"query": self._get_example_query()}))

    def action_open_rest(self):
        """Open the REST address of this resource."""
        self.ensure_one()
        return _open(f"/api/{self.collection}")

    def _open_form(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _get_example_query(self) -> str:
        """Return a query of the first records with some of their values."""
        resources = self.env["graphql_api.schema"]._get_schema().resources
        return example_query(resources[self.type_name], resources)

    @api.constrains("type_name", "collection")
    def _check_type_and_collection(self):
        self._check_names()

    @api.constrains("type_name", "collection", "model", "active")
    def _check_conflicts(self):
        """Refuse what the schema could not have beside what is exposed already.

        :raise RedirectWarning: another resource has a name; it leads there
        :raise ValidationError: the API itself or an addon has it
        """
        active = self.filtered("active")
        if self._is_installing() or not active:
            return
        exposure = self.env["graphql_api.schema"]._compile_exposure(last=active)
        for resource in active:
            if problem := exposure.problems.get(resource.id):
                if owner := self.browse(exposure.owners.get(resource.id)):
                    text = self.env._("Open %s", owner.type_name)
                    raise RedirectWarning(problem, owner._open_form(), text)
                raise ValidationError(problem)

    @api.constrains("model")
    def _check_model(self):
        if self._is_installing():
            return
        for resource in self:
            model = self.env.get(resource.model)
            if model is None or model._abstract or model._transient:
                raise ValidationError(
                    self.env._(
                        "%(model)s is not a model of this database, or has no records.",
                        model=resource.model,
                    )
                )
        self.field_ids._check_field_name()
        self.action_ids._check_method()
        self.report_ids._check_report()

    @api.constrains("domain", "model")
    def _check_domain(self):
        """Refuse a domain that PostgreSQL cannot search by, as Odoo's own editor does."""
        for resource in self:
            domain = resource._get_domain()
            if not resource.is_installed:
                continue
            try:
                check_search(domain, self.env[resource.model])
            except InvalidDomain as error:
                raise ValidationError(
                    self.env._(
                        "Records of %(model)s cannot be searched by the domain: %(error)s",
                        model=resource.model,
                        error=error,
                    )
                ) from error

    @api.constrains("order")
    def _check_order(self):
        for resource in self:
            names = [name for name, _direction in resource._get_order()]
            if self._is_installing() or not resource.is_installed:
                continue
            sortable = resource._get_sortable_names()
            for name in names:
                if name not in sortable:
                    raise ValidationError(
                        self.env._(
                            "Lists of %(resource)s cannot be ordered by %(name)s. Possible: "
                            "%(names)s.",
                            resource=resource.type_name,
                            name=name,
                            names=", ".join(sorted(sortable)),
                        )
                    )

    def _get_sortable_names(self) -> set[str]:
        """Return the REST names that lists can be ordered by.

        :raise ValidationError: the record says nothing valid
        """
        self.ensure_one()
        condition = SQL("resource.id = %s", self.id)
        definitions, problems = self.env["graphql_api.schema"]._get_definitions(condition)
        if problems:
            raise ValidationError(problems[self.id])
        names = {"create_date", "write_date"} if self.env[self.model]._log_access else set()
        # Lists are not ordered by relations, so it does not matter where they lead.
        return names.union(*(sortable_fields(each.compile({}).resource) for each in definitions))

    @api.constrains("defaults", "model")
    def _check_defaults(self):
        for resource in self:
            defaults = resource._get_defaults()
            if self._is_installing() or not resource.is_installed:
                continue
            model = self.env[resource.model]
            for name, value in defaults.items():
                field = model._fields.get(name)
                if field is None or name in MAGIC_COLUMNS:
                    raise ValidationError(
                        self.env._(
                            "%(model)s has no field %(name)s that can have a default; use Odoo's "
                            "field names.",
                            model=resource.model,
                            name=name,
                        )
                    )
                if not is_default(self.env, field, value):
                    raise ValidationError(
                        self.env._(
                            "%(value)s cannot be the default of %(name)s.",
                            value=json.dumps(value),
                            name=name,
                        )
                    )


def is_default(env, field, value) -> bool:
    """Tell whether a value of JSON can be stored in an Odoo field."""
    if field.type == "many2one" and value:
        # The ORM would take any number, until the database refuses it.
        return type(value) is int and bool(env[field.comodel_name].browse(value).exists())
    if isinstance(value, dict):
        return field.type in _OBJECT_TYPES
    if isinstance(value, list) and field.type not in (*_OBJECT_TYPES, "one2many", "many2many"):
        return False
    try:
        field.convert_to_cache(value, env[field.model_name].new())
    except RETRIED:
        raise
    except Exception:
        return False
    return True


def _open(url: str) -> dict:
    return {"type": "ir.actions.act_url", "url": url, "target": "new"}
