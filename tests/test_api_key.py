"""``make key`` for a database that is not there."""

import pytest

from tools import api_key, database_server, databases
from tools.environment import Environment
from tools.progress import StepFailed

pytestmark = pytest.mark.server


def test_a_name_that_is_misspelt(development: Environment):
    """Nothing is made under it, and the message says which databases there are."""
    misspelt = "graphql_api_typo"
    before = database_server.names(development.server)
    with pytest.raises(StepFailed, match=f"There is no database {misspelt}") as raised:
        api_key.print_new("admin", misspelt)
    # Others may work on the same server meanwhile.
    stayed = set(before).intersection(database_server.names(development.server))
    assert all(name in str(raised.value) for name in stayed)
    assert database_server.origin(development.server, misspelt) is None


def test_databases_of_tests_are_not_offered(development: Environment):
    template = databases.ensure_template(development, databases.BASE)
    assert database_server.origin(development.server, template)
    assert template not in database_server.names(development.server)
