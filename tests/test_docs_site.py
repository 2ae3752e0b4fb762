"""The site of the pages in docs/ is complete, stands alone, and finds what people search for.

It is built once. MkDocs itself checks links, anchors and navigation: its configuration is strict.
"""

import importlib.metadata
import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from lxml import html
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium, lock, python_packages
from tools.docs_site import building
from tools.odoo_server import free_ports
from tools.paths import PYTHON, ROOT, STATE, TOOLS

from .terminal import typed

pytestmark = pytest.mark.browser

_PAGES = sorted(path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md"))
_STRUCTURE = ("li", "ol", "ul", "table", "tr", "pre", "img", "h2", "h3")
_FIRST = 2  # results that a hurried reader looks at

_QUESTIONS = {
    "how to sign in": ("authentication", "exploring", "troubleshooting"),
    "why is a field null": ("troubleshooting",),
    "409": ("troubleshooting", "errors"),
    "what does 409 mean": ("troubleshooting", "errors"),
    "next page": ("graphql", "rest", "recipes", "troubleshooting"),
    "how to page": ("graphql", "rest", "recipes", "troubleshooting"),
    "how to upload a file": ("writing", "rest", "recipes", "troubleshooting"),
    "get an API key": ("authentication", "getting-started", "security", "troubleshooting"),
    "RATE_LIMITED": ("troubleshooting", "errors"),
    "install": ("installing",),
}
"""What readers ask -> pages of which one has to be among the first results."""


@pytest.fixture(scope="module")
def site() -> Path:
    with lock.exclusive("setup"):
        return building.ensure()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium.ensure()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=executable, chromium_sandbox=False) as opened,
    ):
        yield opened


def test_is_built_without_tools_for_developers(site):
    """make run builds it, and installs none."""
    files = [TOOLS / "requirements" / f"{name}.txt" for name in ("odoo", "addon", "docs")]
    there = {
        canonicalize_name(Requirement(line).name) for line in python_packages.requirements(*files)
    }
    packages = list(importlib.metadata.distributions(path=[str(STATE / "docs" / "mkdocs")]))
    needed = {
        canonicalize_name(requirement.name)
        for package in packages
        for requirement in map(Requirement, package.requires or ())
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }
    assert "mkdocs" in {package.name for package in packages}
    assert needed - there == set()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page that fails the test if it loads anything from a network, or tells an error."""
    with browser.new_context() as context:
        page = context.new_page()
        told: list[str] = []
        page.on("request", lambda request: told.append(request.url))
        page.on("pageerror", lambda error: told.append(str(error)))
        yield page
        assert [
            line for line in told if urlsplit(line).scheme not in ("file", "blob", "data")
        ] == []


@pytest.mark.parametrize("name", _PAGES, ids=str)
def test_a_page_looks_as_where_the_code_is_hosted(site, name):
    """The site's dialect of Markdown and CommonMark see the same lists, tables and blocks."""
    uri = name.with_name("index.md") if name.name == "README.md" else name
    (article,) = html.parse(site / uri.with_suffix(".html")).xpath("//article")
    text = (ROOT / "docs" / name).read_text()
    there = html.fromstring(MarkdownIt("commonmark").enable("table").render(text))
    assert _structure(article) == _structure(there)


def _structure(tree: html.HtmlElement) -> Counter[str]:
    # Blocks of code are tables without a head.
    return Counter(element.tag for element in tree.iter(*_STRUCTURE))


def test_every_image_and_file_is_in_the_site(site):
    for path in site.rglob("*.html"):
        for address in html.parse(path).xpath("//@src | //link/@href"):
            assert not urlsplit(address).netloc, f"{path}: {address}"
            if address and path.name != "404.html":
                assert (path.parent / urlsplit(address).path).exists(), f"{path}: {address}"


@pytest.mark.parametrize("question", _QUESTIONS)
def test_a_reader_finds(site, page, question):
    """From the folder, without a server."""
    page.goto((site / "index.html").as_uri())
    box = page.locator("input.md-search__input")
    box.fill(question)
    box.press("End")  # the search begins when a key is released
    results = page.locator("a.md-search-result__link")
    results.first.wait_for()
    found = results.evaluate_all("links => links.map(link => link.pathname)")
    names = list(dict.fromkeys(posixpath.basename(path).removesuffix(".html") for path in found))
    assert set(names[:_FIRST]) & set(_QUESTIONS[question]), names


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "actions", "graphql", "security"])
def test_a_page_is_for_everybody(site, page, name, scheme):
    """Neither colors nor a mouse are needed to read it."""
    page.emulate_media(color_scheme=scheme)
    page.goto((site / f"{name}.html").as_uri())
    page.add_script_tag(path=os.environ["GRAPHQL_API_AXE"])
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [
        (node["html"], node["failureSummary"])
        for each in found
        if each["impact"] in ("serious", "critical")
        # Browsers let the keyboard scroll.
        if each["id"] != "scrollable-region-focusable"
        for node in each["nodes"]
    ]
    assert serious == []


def test_make_docs_serves_it(site, terminal):
    """What ``make docs`` runs: it prints where the site is."""
    (port,) = free_ports(1)
    with typed({**terminal, "PORT": str(port)}, str(PYTHON), "-m", "tools", "docs") as server:
        shown = next(line for line in server.stdout if "http://" in line)
        address = re.search(r"http://\S+", shown)[0]
        assert "Documentation" in requests.get(address, timeout=60).text


def test_drawings_are_drawn(site, page):
    page.goto((site / "architecture.html").as_uri())
    drawings = (ROOT / "docs" / "architecture.md").read_text().count("```mermaid")
    page.locator("div.mermaid").nth(drawings - 1).wait_for()  # as text it is in a <pre>
