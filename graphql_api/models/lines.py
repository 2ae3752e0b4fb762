from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.access.odoo_models import DOCUMENTS
from ..schema.exposure.resource import Document
from .domains import InvalidDomain, parse_domain


class GraphqlApiLines(models.AbstractModel):
    """Resources whose records are lines of a document, as an invoice line is of its invoice."""

    _name = "graphql_api.lines"
    _description = "API Resource of Lines"

    document_field = fields.Char(
        string="Part Of",
        help="For lines of documents: technical name of the field that leads to the document, "
        "like order_id. It may stay empty for the lines of invoices, orders and transfers.",
    )
    document_domain = fields.Char(
        string="Open Documents",
        help="Lines can be created, changed or deleted only while their document matches this "
        "domain. If empty: while the document's form in Odoo allows it. Write [] to allow it "
        "always.",
    )

    @api.constrains("document_field", "document_domain", "model")
    def _check_document(self):
        if self._is_installing():
            return
        for resource in self:
            resource._get_document()

    def _get_document(self) -> Document | None:
        """Return what the records are lines of, None for nothing.

        :raise ValidationError: where the domain is none of the documents' model
        """
        self.ensure_one()
        model = self.env.get(self.model)
        known = DOCUMENTS.get(self.model)
        name = self.document_field or (known and known.field)
        if not name or model is None:
            return None
        field = model._fields.get(name)
        if field is None or field.type != "many2one" or not field.store:
            raise ValidationError(
                self.env._(
                    "%(model)s has no field %(name)s that leads to a document.",
                    model=self.model,
                    name=name,
                )
            )
        known_domain = list(known.open) if known and known.field == name else []
        try:
            domain = parse_domain(
                self.document_domain or str(known_domain), self.env[field.comodel_name]
            )
        except InvalidDomain as error:
            raise ValidationError(
                self.env._(
                    "The domain of the open documents of %(name)s is not valid: %(error)s",
                    name=self.type_name,
                    error=error,
                )
            ) from error
        return Document(field.name, tuple(domain))
