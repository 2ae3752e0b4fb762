from odoo import models
from odoo.fields import Command

from ..schema.exposure.names import default_name
from ..schema.writing.dialogs import asked_fields


class GraphqlApiResourceAction(models.Model):
    """What administrators are helped with, where they add an action."""

    _inherit = "graphql_api.resource.action"

    def propose_arguments(self):
        """Add an argument for each field that the form of the wizard asks for.

        Clients cannot use them before an administrator opens them.
        """
        self.check_access("write")
        for action in self:
            wizard = self.env.get(action.wizard_model)
            if wizard is None:
                continue
            known = {argument._get_odoo_name() for argument in action.argument_ids}
            names = [name for name in asked_fields(self.env, wizard._name) if name not in known]
            action.argument_ids = [
                Command.create(
                    {
                        "name": default_name(name, wizard._fields[name].type),
                        "parameter": name,
                        "active": False,
                    }
                )
                for name in names
            ]
