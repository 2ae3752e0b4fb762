"""What the tests of other addons build on (docs/extending.md)."""

from .cases import api


class ApiCase(api.ApiCase):
    """A test that talks to the API over HTTP, whatever is in the database."""

    database = None
