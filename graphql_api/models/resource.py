import logging
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.names import COLLECTION_NAME, TYPE_NAME
from ..schema.exposure.resource import Resource
from ..schema.problems import ResourceDefinition
from .domains import InvalidDomain, NotPlainValues, parse_domain

_logger = logging.getLogger(__name__)

OPERATIONS = ("read", "create", "update", "delete")


class GraphqlApiResource(models.Model):
    """What the API exposes: an Odoo model under a type name and a collection name."""

    _name = "graphql_api.resource"
    _description = "API Resource"
    _inherit = [
        "graphql_api.exposure",
        "graphql_api.lines",
        "graphql_api.in_use",
        "graphql_api.app",
    ]
    _order = "collection"
    _rec_name = "type_name"

    type_name = fields.Char(
        string="Type",
        required=True,
        help="GraphQL type of one record, in PascalCase singular: SaleOrder.",
    )
    collection = fields.Char(
        required=True, help="REST collection, in lower case plural: sale-orders."
    )
    model = fields.Char(
        required=True,
        help="Technical name of the Odoo model. The resource is not served if the model is not "
        "installed.",
    )
    needed_field = fields.Char(
        help="Technical name of a field of the model. The resource is served only if the model "
        "has this field, that is, if the addon that adds the field is installed.",
    )
    description = fields.Char(
        translate=False,
        help="Describes the type to developers, in the schema. If empty: Odoo's name of the model.",
    )
    active = fields.Boolean(
        default=True, help="Archive a resource to stop serving it; upgrades keep it archived."
    )
    allow_read = fields.Boolean(
        string="Read",
        default=True,
        help="Clients may list and read records. Otherwise they see only the id and the version "
        "of a record, also through relations of other resources.",
    )
    allow_create = fields.Boolean(
        string="Create",
        default=True,
        help="Clients may create records, if the user's access rights in Odoo allow it.",
    )
    allow_update = fields.Boolean(
        string="Update",
        default=True,
        help="Clients may set writable fields, if the user's access rights in Odoo allow it.",
    )
    allow_delete = fields.Boolean(
        string="Delete",
        default=True,
        help="Clients may delete records, if the user's access rights in Odoo allow it.",
    )
    is_root = fields.Boolean(
        string="At the Root",
        default=True,
        help="Clients can ask for the records directly. Otherwise they reach them only through "
        "relations of other resources.",
    )
    show_attachments = fields.Boolean(
        string="Attachments",
        default=True,
        help="Adds the list attachments to each record: its files and links. Clients see and "
        "change those that their user may see and change in Odoo. Attachments must be "
        "exposed, too.",
    )
    domain = fields.Char(default="[]", help="Clients reach only records that match this domain.")
    defaults = fields.Json(
        string="Default Values",
        help="Values that new records get for fields that a client does not send.",
    )
    order = fields.Char(
        default="id asc",
        help="Default order of lists, by names of the API: date_order desc, name asc. "
        "The id always comes last.",
    )
    default_page_size = fields.Integer(
        default=80, help="Number of records in a page if the client does not say how many."
    )
    max_page_size = fields.Integer(
        string="Maximum Page Size",
        default=1000,
        help="Number of records that a client may ask for at once.",
    )
    is_installed = fields.Boolean(compute="_compute_is_installed")
    field_ids = fields.One2many(
        "graphql_api.resource.field",
        "resource_id",
        string="Fields",
        context={"active_test": False},
    )
    action_ids = fields.One2many(
        "graphql_api.resource.action",
        "resource_id",
        string="Actions",
        context={"active_test": False},
    )

    report_ids = fields.One2many(
        "graphql_api.resource.report",
        "resource_id",
        string="Reports",
        context={"active_test": False},
    )

    _page_size_range = models.Constraint(
        "CHECK(default_page_size BETWEEN 1 AND max_page_size)",
        "The default page size must be between 1 and the maximum page size.",
    )

    def _check_names(self) -> None:
        """Check that a schema can have the names.

        :raise ValidationError: it cannot
        """
        reserved = self.env["graphql_api.schema"]._get_reserved_collections()
        for resource in self:
            if not TYPE_NAME.match(resource.type_name):
                raise ValidationError(
                    self.env._(
                        "%(name)s is not a type name: use letters and digits, starting with a "
                        "capital, like SaleOrder.",
                        name=resource.type_name,
                    )
                )
            if not COLLECTION_NAME.match(resource.collection):
                raise ValidationError(
                    self.env._(
                        "%(name)s is not a collection name: use lower case letters, digits and "
                        "single hyphens, like sale-orders.",
                        name=resource.collection,
                    )
                )
            if resource.collection in reserved:
                raise ValidationError(
                    self.env._(
                        "/api/%(name)s is a route of the API itself; choose another collection.",
                        name=resource.collection,
                    )
                )

    def _get_domain(self) -> list:
        """Return the domain as a list.

        :raise ValidationError: it is none, or none of the installed model
        """
        self.ensure_one()
        try:
            # Before the addon that makes the field is installed, the domain may name it too.
            model = self.env.get(self.model) if self._has_needed_field() else None
            return parse_domain(self.domain or "[]", model)
        except NotPlainValues as error:
            raise ValidationError(
                self.env._(
                    "The domain of %(name)s is not a list of plain values; it cannot have "
                    "variables such as uid or functions such as context_today().",
                    name=self.type_name,
                )
            ) from error
        except InvalidDomain as error:
            raise ValidationError(
                self.env._(
                    "The domain of %(name)s is not valid: %(error)s",
                    name=self.type_name,
                    error=error,
                )
            ) from error

    def _get_order(self) -> tuple[tuple[str, str], ...]:
        """Return the default order as (name in the API, "ASC" or "DESC") pairs.

        :raise ValidationError: it is none
        """
        self.ensure_one()
        terms = []
        for term in filter(None, (part.strip() for part in (self.order or "").split(","))):
            match = re.fullmatch(r"([a-z0-9_]+)(?:\s+(asc|desc))?", term, re.IGNORECASE)
            if not match:
                raise ValidationError(
                    self.env._(
                        "%(term)s is not an order: write a field name and asc or desc.", term=term
                    )
                )
            terms.append((match[1], (match[2] or "asc").upper()))
        return tuple(terms)

    def _get_defaults(self) -> dict:
        """Return values of Odoo fields for new records.

        :raise ValidationError: they are no object
        """
        self.ensure_one()
        if not isinstance(self.defaults or {}, dict):
            raise ValidationError(
                self.env._(
                    "The defaults of %(name)s are not an object of fields and values.",
                    name=self.type_name,
                )
            )
        return dict(self.defaults or {})

    def _get_features(self) -> set[str]:
        """Return the names of what addons offer of the resource. Extend those of ``super()``.

        What it depends on is stored with the resource, so that a change of it is noticed.
        """
        self.ensure_one()
        return set()

    def _define(self) -> ResourceDefinition:
        """Return what this record says of a resource, as plain values.

        :raise ValidationError: it has no valid names, domain, order, defaults or document
        """
        self.ensure_one()
        self._check_names()
        model = self.env.get(self.model)
        reports = (record._to_report() for record in self.report_ids)
        resource = Resource(
            type_name=self.type_name,
            collection=self.collection,
            model=self.model,
            description=self.description or (model._description if model is not None else ""),
            domain=tuple(self._get_domain()),
            order=self._get_order(),
            default_page_size=self.default_page_size,
            max_page_size=self.max_page_size,
            operations=frozenset(
                operation for operation in OPERATIONS if self[f"allow_{operation}"]
            ),
            is_root=self.is_root,
            defaults=self._get_defaults(),
            document=self._get_document(),
            reports={report.name: report for report in reports if report is not None},
            has_attachments=self.show_attachments,
            features=frozenset(self._get_features()),
        )
        actions = (record._define() for record in self.action_ids)
        fields = (record._define() for record in self.field_ids)
        # Not filtered(), whose records would be fetched for each resource alone.
        for record in self.with_context(lang="en_US").field_ids:
            if record.active and (mistake := record._find_mistake()):
                _logger.warning("%s is not served: %s", self.type_name, mistake)
        return ResourceDefinition(
            id=self.id,
            resource=resource,
            fields=tuple(definition for definition in fields if definition is not None),
            actions=tuple(definition for definition in actions if definition is not None),
            is_installed=self.is_installed,
        )

    @api.depends("model", "needed_field")
    def _compute_is_installed(self):
        for resource in self:
            resource.is_installed = (
                self._has_records(resource.model) and resource._has_needed_field()
            )

    def _has_needed_field(self) -> bool:
        """Tell whether an installed model has the field that the resource needs, if any."""
        model = self.env.get(self.model)
        return not self.needed_field or model is None or self.needed_field in model._fields

    @api.model
    def _has_records(self, model_name: str) -> bool:
        """Tell whether a model of this name is installed, and has records."""
        model = self.env.get(model_name)
        return model is not None and not model._abstract

    @api.model
    def _get_exposed_models(self) -> set[str]:
        """Return the names of the Odoo models that relations can lead to."""
        groups = self.with_context(active_test=True)._read_group([], ["model"])
        return {model for (model,) in groups if self._has_records(model)}

    @api.model
    def _get_resources(self) -> list[Resource]:
        """Return what is exposed in this database, as plain values.

        A resource is left out while its model is missing, a field while the model has none
        of that name or while its relation leads to a model that is not exposed. What would
        make the schema invalid is left out with a warning in the log.
        """
        resources, problems, _owners = self.env["graphql_api.schema"]._compile_exposure()
        # How a database sorts text depends on its collation.
        for resource in self.browse(problems).filtered("is_installed").sorted("collection"):
            _logger.warning("%s is not served: %s", resource.model, problems[resource.id])
        return sorted(resources.values(), key=lambda resource: resource.collection)
