"""Commands of Odoo's command line."""

from . import test_base_schema_command, test_documents_command
