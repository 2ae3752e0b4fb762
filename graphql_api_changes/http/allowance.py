"""How long a stream may take before Odoo ends the process that serves it."""

import time

from odoo.tools import config

from odoo.addons.graphql_api.schema.extension import ApiError

_PART = 0.9
"""Of Odoo's limits; the rest is for what was begun."""


class Allowance:
    """The time of one response, by Odoo's limits of a request (odoo/service/server.py).

    A stream that is ended here ends with the place from which the client goes on; one that is
    ended by Odoo breaks off.
    """

    def __init__(self) -> None:
        self._seconds = config["limit_time_real"] * _PART
        self._ends_at = time.monotonic() + self._seconds
        # Only processes that serve one request after the other are ended for their time of CPU.
        self._cpu_ends_at = time.process_time() + config["limit_time_cpu"] * _PART

    def check(self) -> None:
        """End the stream where its time is over.

        :raise ApiError: SERVICE_UNAVAILABLE
        """
        real = config["limit_time_real"] and time.monotonic() > self._ends_at
        cpu = config["workers"] and config["limit_time_cpu"]
        if real or (cpu and time.process_time() > self._cpu_ends_at):
            raise ApiError(
                "SERVICE_UNAVAILABLE",
                "This server gives no more time to one response. Go on from here.",
                retry_after=0,
            )
