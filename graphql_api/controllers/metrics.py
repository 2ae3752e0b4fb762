"""``/api/metrics``: metrics of this server, for a monitoring system such as Prometheus."""

from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

from odoo import http
from odoo.http import request

from ..http.monitoring.metrics import open_metrics
from ..http.responses import METRICS_PATH
from ..rest.query import check_parameters


class MonitoringController(http.Controller):
    @http.route(
        METRICS_PATH,
        type="graphql_api",
        auth="graphql_api_metrics",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def metrics(self):
        """Tell what the processes of this server have counted of this database."""
        check_parameters(())
        headers = [("Content-Type", CONTENT_TYPE_LATEST), ("Cache-Control", "no-store")]
        return http.Response(open_metrics(request.db), headers=headers)
