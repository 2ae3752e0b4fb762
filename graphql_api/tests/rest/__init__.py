"""REST on the schema, and its OpenAPI document."""

from ..cases.needs import has_package
from . import (
    test_bad_rest_requests,
    test_contract_rest,
    test_documents,
    test_reports,
    test_rest_errors,
    test_sent_back,
)

if has_package("openapi_spec_validator"):
    from . import test_openapi

if has_package("schemathesis"):
    from . import test_schemathesis
