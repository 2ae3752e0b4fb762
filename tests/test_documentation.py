"""Every code block of README.md and docs/ does what the page says, for a reader who types it.

What is done with a block of which kind is in documentation/page.py.
"""

import ast
import contextlib
import re
from collections.abc import Callable, Iterator

import pytest
import requests

from tools.odoo_server import OdooServer
from tools.paths import ADDON, ROOT

from .documentation.markdown import headings
from .documentation.page import Page
from .documentation.shell import Shell

PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


class Administrator:
    """What a page asks an administrator to have done, over Odoo's own API.

    :param url: the server's address
    """

    def __init__(self, url: str, key: str):
        self._url = url
        self._headers = {"Authorization": f"bearer {key}"}

    def call(self, model: str, method: str, **values):
        """Return what a method of a model returns."""
        address = f"{self._url}/json/2/{model}/{method}"
        answer = requests.post(address, json=values, headers=self._headers, timeout=60)
        answer.raise_for_status()
        return answer.json()

    @contextlib.contextmanager
    def sign_in(self, **policy) -> Iterator[None]:
        """Let apps sign in, under a policy with these values."""
        values = {"name": "Apps", "all_resources": True, **policy}
        (policy_id,) = self.call("graphql_api.policy", "create", vals_list=[values])
        settings = {"sign_in": "True", "sign_in_policy": str(policy_id)}
        self._set(settings)
        try:
            yield
        finally:
            self._set(dict.fromkeys(settings, False))

    def _set(self, settings: dict) -> None:
        for name, value in settings.items():
            key = f"graphql_api.{name}"
            self.call("ir.config_parameter", "set_param", key=key, value=value)


PREPARED = {
    "docs/authentication.md": lambda administrator: administrator.sign_in(),
    "docs/errors.md": lambda administrator: administrator.sign_in(requests_per_minute=3),
}
"""Pages that say what an administrator has to set before -> that."""


@pytest.fixture(scope="module")
def administrator(demo_server: OdooServer, demo_key: Callable[[str], str]) -> Administrator:
    """Return somebody who may change settings."""
    return Administrator(demo_server.url, demo_key("admin"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Return a folder for keys."""
    return tmp_path_factory.mktemp("keys")


def test_every_error_code_is_on_its_page():
    source = ast.parse((ADDON / "schema/errors.py").read_text())
    (codes,) = (
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "STATUS"
    )
    page = (ROOT / "docs/errors.md").read_text()
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| (\d+) \|", page, re.MULTILINE)
    described = {code: int(status) for names, status in rows for code in re.findall(r"\w+", names)}
    assert described == codes


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    page = ROOT / name
    for text, target in re.findall(r"\[([^\]]*)\]\(([^)\s]+)\)", page.read_text()):
        if "://" not in target:
            file, _, heading = target.partition("#")
            linked = (page.parent / file).resolve() if file else page
            assert linked.exists(), f"[{text}]({target}): there is no such file"
            assert not heading or heading in headings(linked), f"[{text}]({target}): no heading"


@pytest.mark.parametrize("name", PAGES)
def test_page(name, administrator, demo_server, reader, keys, tmp_path):
    prepared = PREPARED.get(name, lambda administrator: contextlib.nullcontext())
    with prepared(administrator), Shell(tmp_path, keys, reader) as shell:
        Page(ROOT / name, shell, demo_server.url).run()
