"""Filters, orders, pages, searches, relations and files."""

from ..cases.needs import has_package
from . import (
    test_archived,
    test_files,
    test_filters,
    test_operators,
    test_ordering_and_pages,
    test_search,
)

if has_package("hypothesis"):
    from . import test_generated_filters, test_generated_orders
