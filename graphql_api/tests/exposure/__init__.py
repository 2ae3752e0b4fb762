"""What is exposed, under which names and limits, and how errors look."""

from . import (
    test_compile_exposure,
    test_errors,
    test_former_names,
    test_keyword_names,
    test_limits,
    test_log_lines,
    test_odoo_messages,
    test_sensitive,
)
