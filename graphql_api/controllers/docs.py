"""For developers: the OpenAPI document, and the pages: an index, GraphiQL and Swagger UI.

The pages know nothing but whether there is a session; what they show, their scripts ask for.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import Response, request
from odoo.modules import Manifest

from ..http.responses import GRAPHIQL_PATH, INDEX_PAGE_PATH, JSON_TYPE, text_response
from ..http.routes import SCHEMA_ROUTE
from ..rest.openapi import find_usable, get_document
from ..rest.query import check_parameters

ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["GET"],
    "readonly": True,
    "save_session": False,
}

_STATIC = Path(__file__).parent.parent / "static"
_LIBRARIES = _STATIC / "lib"
"""Copies from npm packages, which are fetched and not part of the source code."""

_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        # The nonce is for what GraphiQL adds when it opens a dialog.
        "style-src 'self' 'nonce-{nonce}'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)


class DocsController(http.Controller):
    @http.route("/api/openapi.json", methods=["GET"], **SCHEMA_ROUTE)
    def openapi(self):
        """Describe the REST routes that the caller may use."""
        request.dispatcher.check_introspection()
        schema = request.dispatcher.schema()
        check_parameters(())
        usable = find_usable(schema, request.dispatcher.context(schema))
        version = Manifest.for_addon("graphql_api")["version"]
        return text_response(get_document(schema, usable, version), JSON_TYPE)

    @http.route(INDEX_PAGE_PATH, **ROUTE)
    def index(self, **_parameters):
        """Serve links to what there is; ``/api`` is where browsers find them (see ir.http)."""
        return _page("page_index", request.env._("Pages"))

    @http.route(GRAPHIQL_PATH, **ROUTE)
    def graphiql(self, **_parameters):
        """Serve GraphiQL; ``/api/graphql`` is where browsers find it (see ir.http)."""
        return _explorer(
            "GraphiQL",
            styles=["graphiql/graphiql.css", "graphiql/explorer.css"],
            libraries=[
                "react/react.js",
                "react/react-dom.js",
                "graphiql/graphiql.js",
                "graphiql/explorer.js",
            ],
            own="graphiql",
        )

    @http.route("/api/docs", **ROUTE)
    def swagger(self, **_parameters):
        """Serve Swagger UI, which shows the OpenAPI document."""
        return _explorer(
            "Swagger UI",
            styles=["swagger-ui/swagger-ui.css"],
            libraries=["swagger-ui/swagger-ui.js"],
            own="swagger",
        )


def _explorer(title: str, styles: list[str], libraries: list[str], own: str) -> Response:
    """Return a page with an explorer, or one that says how to get what is missing for it.

    :param styles: paths below static/lib/, as ``libraries``
    :param own: name of the page's own script and style in static/src/
    :raise NotFound: the administrator has switched such pages off
    """
    if not all((_LIBRARIES / path).is_file() for path in [*styles, *libraries]):
        return _page("page_missing", title, status=503)
    scripts = ["src/nonce.js", *(f"lib/{path}" for path in libraries), "src/session.js"]
    return _page(
        "page_explorer",
        title,
        styles=[*(f"lib/{path}" for path in styles), f"src/{own}.css"],
        scripts=[*scripts, f"src/{own}.js"],
    )


def _page(
    template: str, title: str, styles: Sequence[str] = (), scripts: Sequence[str] = (), status=200
) -> Response:
    """Return a page, in the language of the browser or of the session's user.

    :param template: name of a template of this addon (views/page_templates.xml)
    :param styles: paths below static/, as ``scripts``; they come after the style of all pages
    :raise NotFound: the administrator has switched such pages off
    """
    if not request.env["graphql_api.settings"]._get_settings().graphiql:
        raise NotFound
    nonce = secrets.token_urlsafe(16)
    values = {
        "title": title,
        "language": (request.env.lang or "en_US").replace("_", "-"),
        "path": request.httprequest.path,
        "origin": request.httprequest.host_url.rstrip("/"),
        "session": "yes" if request.session.uid else "",
        "nonce": nonce,
        # Releases contain it (make dist).
        "documentation": (_STATIC / "docs" / "index.html").exists(),
        "styles": [_address(path) for path in ("src/page.css", *styles)],
        "scripts": [_address(path) for path in scripts],
    }
    html = request.env["ir.qweb"]._render(f"graphql_api.{template}", values)
    return Response(
        f"<!DOCTYPE html>\n{html}",
        status=status,
        headers=[
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _SECURITY_POLICY.format(nonce=nonce)),
            ("Referrer-Policy", "no-referrer"),
            ("Vary", "Accept, Accept-Language, Cookie"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
        ],
    )


def _address(path: str) -> str:
    """Return the address of a static file; it changes with the file, which browsers keep."""
    version = (_STATIC / path).stat().st_mtime_ns
    return f"/graphql_api/static/{path}?v={version:x}"
