from . import controllers, models
from .schema import log_table


def uninstall_hook(env):
    """Leave nothing of the change log in the database."""
    log_table.drop_all(env)
