from odoo import models

from ..schema.price import ProductPrices


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"

    def _collect(self):
        parts = super()._collect()
        for type_name in ("Product", "ProductTemplate"):
            parts.fields[type_name].append(ProductPrices)
        return parts
