"""Somebody who changes settings and looks at records, over Odoo's own API."""

import contextlib
from collections.abc import Iterator

import requests


class Administrator:
    """What a test asks an administrator to do.

    :param url: the server's address
    """

    def __init__(self, url: str, key: str):
        self._url = url
        self._headers = {"Authorization": f"bearer {key}"}

    def call(self, model: str, method: str, **values):
        """Return what a method of a model returns."""
        address = f"{self._url}/json/2/{model}/{method}"
        answer = requests.post(address, json=values, headers=self._headers, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    @contextlib.contextmanager
    def setting(self, **values: str) -> Iterator[None]:
        """Give settings of the API these values; they have their defaults again in the end."""
        self._set(values)
        try:
            yield
        finally:
            self._set(dict.fromkeys(values, False))

    def _set(self, values: dict) -> None:
        for name, value in values.items():
            key = f"graphql_api.{name}"
            self.call("ir.config_parameter", "set_param", key=key, value=value)
