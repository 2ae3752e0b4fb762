"""HTTP as the measurements need it: requests made beforehand, bodies read to the end."""

import contextlib
import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TIMEOUT = 120  # seconds


@dataclass(frozen=True)
class Request:
    """An HTTP request, ready to be sent."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """A response; ``timings`` is the Server-Timing header in milliseconds by name."""

    status: int
    body: bytes
    timings: dict[str, float]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """What a client sends, one request after the other, to read something once.

    ``decode`` turns the bodies into the data in a form that is the same for all peers.
    """

    requests: tuple[Request, ...]
    decode: Callable[[list[bytes]], Any]


class BadResponse(Exception):
    """A response is not what was asked for."""


class Connection:
    """A connection that stays open where the server lets it."""

    def __init__(self, host: str, port: int):
        self._connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)

    def send(self, request: Request) -> Response:
        """Send a request and read the whole body."""
        connection = self._connection
        connection.request(request.method, request.path, request.body, request.headers)
        response = connection.getresponse()
        body = response.read()
        timings = _timings(response.getheader("Server-Timing"))
        return Response(response.status, body, timings, response.headers)

    def call(self, call: Call) -> list[Response]:
        """Send the requests of a call.

        :raise BadResponse: a status other than 200, and 304 for what the client has
        """
        responses = []
        for request in call.requests:
            response = self.send(request)
            if response.status not in (200, 304):
                raise BadResponse(
                    f"{request.method} {request.path} gave {response.status}: "
                    f"{response.body[:500].decode(errors='replace')}"
                )
            responses.append(response)
        return responses

    def close(self) -> None:
        self._connection.close()


def _timings(header: str | None) -> dict[str, float]:
    timings: dict[str, float] = {}
    for metric in (header or "").split(","):
        name, *parameters = (part.strip() for part in metric.split(";"))
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key == "dur":
                with contextlib.suppress(ValueError):
                    timings[name] = float(value)
    return timings
