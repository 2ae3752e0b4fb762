"""The administrator's screens, in a browser."""

from ..cases.needs import has_package

if has_package("playwright"):
    from . import (
        test_browser_apps,
        test_browser_documents,
        test_browser_keys,
        test_browser_login,
        test_browser_overview,
        test_browser_own_keys,
        test_browser_policies,
        test_browser_request_log,
        test_browser_resources,
        test_browser_settings,
    )
