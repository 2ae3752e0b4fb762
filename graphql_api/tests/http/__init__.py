"""What serves any request: headers, bodies, files, rates, the request log, metrics, retries."""

from . import (
    test_allowed_methods,
    test_api_request,
    test_bodies,
    test_cors,
    test_cross_site,
    test_denial,
    test_dry_run,
    test_floods,
    test_http_caching,
    test_idempotency,
    test_metrics,
    test_persisted_documents,
    test_preconditions,
    test_preferences,
    test_rates,
    test_request_log,
    test_timing,
    test_transactions,
    test_unavailable,
    test_uploads,
)
