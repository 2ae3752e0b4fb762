"""Groups of records and their aggregates."""

from ..cases.needs import has_package

if has_package("hypothesis"):
    from . import test_aggregation
