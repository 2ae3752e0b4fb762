"""Values of Odoo's fields in GraphQL and REST."""

from . import test_values
