"""What the routes serve, as clients see it over HTTP."""

from ..cases.needs import has_package
from . import (
    test_bad_documents,
    test_bad_graphql_requests,
    test_conformance,
    test_contract_graphql,
    test_docs,
    test_health,
)

if has_package("hypothesis"):
    from . import test_generated_bad_input

if has_package("playwright"):
    from . import test_browser_doorstep, test_browser_graphiql, test_browser_swagger
