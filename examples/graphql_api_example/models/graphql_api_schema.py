from odoo import models

from ..schema.customer import CustomerAddress, CustomerVisits
from ..schema.latest import LATEST
from ..schema.visits import VisitMutation, VisitQuery


class GraphqlApiSchema(models.AbstractModel):
    _inherit = "graphql_api.schema"

    def _collect(self):
        parts = super()._collect()
        parts.fields["Customer"] += [CustomerAddress, CustomerVisits]
        parts.queries.append(VisitQuery)
        parts.mutations.append(VisitMutation)
        parts.features.append(LATEST)
        return parts
