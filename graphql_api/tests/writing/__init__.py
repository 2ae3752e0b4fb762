"""Inputs, mutations and actions: what they write, what they refuse, and all or nothing."""

from ..cases.needs import has_package
from . import (
    test_action_arguments,
    test_action_table,
    test_actions,
    test_atomicity,
    test_attachments,
    test_commit,
    test_concurrency,
    test_contract_writes,
    test_crm_actions,
    test_form_values,
    test_inputs,
    test_inputs_in_odoo,
    test_isolation,
    test_lines,
    test_list_upserts,
    test_me,
    test_nested_inputs,
    test_people_at_work,
    test_property_inputs,
    test_required_values,
    test_rest_upserts,
    test_sales_actions,
    test_stock_actions,
    test_upserts,
    test_write_bad_input,
    test_write_bad_requests,
    test_write_limits,
    test_write_retries,
)

if has_package("hypothesis"):
    from . import test_input_properties
