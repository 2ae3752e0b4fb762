"""How documents are run: cost, caches, limits, and the number of SQL queries."""

from ..cases.needs import has_package
from . import (
    test_caches,
    test_cost,
    test_executors,
    test_lazy_schema,
    test_operation_kind,
    test_response_size,
    test_time_limit,
    test_workloads,
)

if has_package("hypothesis"):
    from . import (
        test_generated_operations,
        test_generated_policies,
        test_generated_queries,
        test_wide_queries,
    )
