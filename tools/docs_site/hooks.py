"""What MkDocs does beside its configuration (a file of hooks, which it loads by its path).

- Pages lead to files of the repository (``../deploy/nginx``). The site stands alone: each file or
  folder becomes a page of its own, below ``repository/``.
- Drawings are made by a library that the site has with it, on the pages that have one.
- Headings have the names by which GitHub links to them.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify
from pymdownx.superfences import fence_code_format

_ROOT = Path(__file__).resolve().parents[2]
_DOCS = _ROOT / "docs"
_REPOSITORY = "repository"

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:)([^)\s#]+)")
_BUNDLE = re.compile(r'<script src="((?:\.\./)*)assets/javascripts/bundle\.')
_SEARCH = '<div class="md-search" data-md-component="search" role="dialog"'
_LIBRARIES = {
    "assets/lib/mermaid.js": "@mermaid-js/tiny/dist/mermaid.tiny.js",
    "assets/lib/mermaid.LICENSE.txt": "@mermaid-js/tiny/LICENSE",
    "assets/lib/iframe-worker.js": "iframe-worker/shim/index.js",
    "assets/lib/iframe-worker.LICENSE.txt": "iframe-worker/LICENSE",
}
"""File of the site -> file of an npm package."""
_LANGUAGES = {".py": "python", ".ts": "typescript", ".service": "ini", ".conf": "ini"}
"""Suffix of a file -> language of its code block, where they differ."""
_BOOSTS = {"troubleshooting.md": 2, "recipes.md": 1.5, "architecture.md": 0.3}
"""Page -> how much its matches count in the search: most who search have a question."""
_UNNEEDED = ("sitemap.xml", "sitemap.xml.gz", "**/*.map", "assets/javascripts/lunr/**/*.js")
"""A map of addresses without an address; what browsers' debuggers and other languages load."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set what would need Python's names in the configuration file."""
    config.mdx_configs["toc"] = {"permalink": True, "slugify": slugify(case="lower")}
    config.mdx_configs["pymdownx.superfences"] = {
        "custom_fences": [{"name": "mermaid", "class": "mermaid", "format": fence_code_format}]
    }
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the libraries, and a page for each file of the repository that pages lead to."""
    for uri, name in _LIBRARIES.items():
        path = Path(os.environ["GRAPHQL_API_DOCS_LIBRARIES"], name)
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    pages = [
        (_DOCS / file.src_uri, Path(_DOCS, file.src_uri).read_text())
        for file in files.documentation_pages()
    ]
    shown: set[Path] = set()
    while pages:
        source, text = pages.pop()
        for target in _leading_out(source, text):
            if target not in shown:
                shown.add(target)
                content = _page(target)
                files.append(File.generated(config, _uri(target), content=content))
                pages.append((target, content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead to the pages that stand for files of the repository, and tell what to find first."""
    uri = page.file.src_uri
    if uri in _BOOSTS:
        page.meta["search"] = {"boost": _BOOSTS[uri]}
    source = _source(uri)

    def in_site(match: re.Match) -> str:
        target = (source.parent / match[1]).resolve()
        if not target.exists() or not target.is_relative_to(_ROOT):
            return match[1]
        return posixpath.relpath(_uri(target), posixpath.dirname(uri))

    return _LINK.sub(in_site, markdown)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Name the search for screen readers, and load the library that draws where it is needed.

    The library has to come before the theme, which looks for it.
    """
    output = output.replace(_SEARCH, f'{_SEARCH} aria-label="Search"')
    if 'class="mermaid"' not in output:
        return output
    return _BUNDLE.sub(r'<script src="\1assets/lib/mermaid.js"></script>\g<0>', output)


def on_post_build(config: MkDocsConfig) -> None:
    """Remove what this site has no use for."""
    for pattern in _UNNEEDED:
        for path in Path(config.site_dir).glob(pattern):
            path.unlink()


def _leading_out(source: Path, text: str) -> Iterator[Path]:
    """Yield what links of a page lead to outside of ``docs/``, where it exists."""
    for link in _LINK.findall(text):
        target = (source.parent / link).resolve()
        outside = target.is_relative_to(_ROOT) and not target.is_relative_to(_DOCS)
        if outside and target.exists() and target != _ROOT / "README.md":
            yield target


def _uri(target: Path) -> str:
    """Return where the site has a file of the repository."""
    if target == _ROOT / "README.md":
        return "index.md"
    if target.is_relative_to(_DOCS):
        return target.relative_to(_DOCS).as_posix()
    name = f"{_REPOSITORY}/{target.relative_to(_ROOT).as_posix()}"
    return name if name.endswith(".md") else f"{name}.md"


def _source(uri: str) -> Path:
    """Return the file of the repository that a page of the site stands for."""
    if not uri.startswith(f"{_REPOSITORY}/"):
        return _DOCS / uri
    path = _ROOT / uri.removeprefix(f"{_REPOSITORY}/")
    return path if path.exists() else path.with_suffix("")


def _page(target: Path) -> str:
    """Return the page for a file or folder of the repository. The search leaves it out."""
    head = "---\nsearch:\n  exclude: true\n---\n"
    if target.suffix == ".md":
        return head + target.read_text()
    title = target.relative_to(_ROOT).as_posix()
    if target.is_file():
        return f"{head}# {title}\n\n{_block(target)}"
    files = [
        path
        for path in sorted(target.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    ]
    parts = (f"## {path.relative_to(target).as_posix()}\n\n{_block(path)}" for path in files)
    return f"{head}# {title}\n\n" + "\n".join(parts)


def _block(path: Path) -> str:
    language = _LANGUAGES.get(path.suffix, path.suffix.removeprefix("."))
    if path.parent.name == "nginx":
        language = "nginx"
    return f"````{language}\n{path.read_text().rstrip()}\n````\n"
