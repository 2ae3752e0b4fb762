"""Values of Odoo's fields in GraphQL and REST."""
