from odoo import models


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"
