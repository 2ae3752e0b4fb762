"""Groups of records and their aggregates."""

from ..cases.needs import has_package
from . import test_aggregation, test_aggregation_rights

if has_package("hypothesis"):
    from . import test_generated_groups
