"""Every code block of README.md and docs/ does what the page says, for a reader who types it.

What is done with a block of which kind is in documentation/page.py.
"""

import ast
import contextlib
import re
from collections.abc import Iterator

import pytest

from tools.paths import ADDON, ROOT

from .administrator import Administrator
from .documentation.markdown import headings
from .documentation.page import Page
from .documentation.shell import Shell

PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@contextlib.contextmanager
def sign_in(administrator: Administrator, **policy) -> Iterator[None]:
    """Let apps sign in, under a policy with these values."""
    values = {"name": "Apps", "all_resources": True, **policy}
    (policy_id,) = administrator.call("graphql_api.policy", "create", vals_list=[values])
    with administrator.setting(sign_in="True", sign_in_policy=str(policy_id)):
        yield


PREPARED = {
    "docs/app-sales.md": lambda administrator: sign_in(administrator),
    "docs/app-warehouse.md": lambda administrator: sign_in(administrator),
    "docs/authentication.md": lambda administrator: sign_in(administrator),
    "docs/errors.md": lambda administrator: sign_in(administrator, requests_per_minute=3),
}
"""Pages that say what an administrator has to set before -> that."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Return a folder for keys."""
    return tmp_path_factory.mktemp("keys")


def _statuses() -> dict[str, int]:
    """Return the HTTP status of each error code, those of graphql_api_changes too."""
    source = ast.parse((ADDON / "http/statuses.py").read_text())
    (codes,) = (
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "STATUS"
    )
    return {**codes, "RESYNC_REQUIRED": 410}


def test_every_error_code_is_on_its_page():
    page = (ROOT / "docs/errors.md").read_text()
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| (\d+) \|", page, re.MULTILINE)
    described = {code: int(status) for names, status in rows for code in re.findall(r"\w+", names)}
    assert described == _statuses()


def test_every_error_code_has_its_way_out():
    page = (ROOT / "docs/troubleshooting.md").read_text()
    titles = re.findall(r"^### ([A-Z_]+) \((\d+)\)\n\n\S", page, re.MULTILINE)
    assert {code: int(status) for code, status in titles} == _statuses()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    page = ROOT / name
    for text, target in re.findall(r"\[([^\]]*)\]\(([^)\s]+)\)", page.read_text()):
        if "://" not in target:
            file, _, heading = target.partition("#")
            linked = (page.parent / file).resolve() if file else page
            assert linked.exists(), f"[{text}]({target}): there is no such file"
            assert not heading or heading in headings(linked), f"[{text}]({target}): no heading"


@pytest.mark.pdf
@pytest.mark.server
@pytest.mark.parametrize("name", PAGES)
def test_page(name, administrator, demo_server, reader, keys, tmp_path):
    prepared = PREPARED.get(name, lambda administrator: contextlib.nullcontext())
    with prepared(administrator), Shell(tmp_path, keys, reader) as shell:
        Page(ROOT / name, shell, demo_server.url).run()
