"""For developers: the OpenAPI document, and the pages GraphiQL and Swagger UI.

The pages know nothing; what they show, their scripts ask for.
"""

import secrets
from pathlib import Path

from markupsafe import Markup
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import Response, request
from odoo.modules import Manifest

from ..http.responses import GRAPHIQL_PATH, JSON_TYPE, text_response
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

_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/graphql_api/static/description/icon.png">
{styles}
</head>
<body data-nonce="{nonce}" data-session="{session}">
<header id="bar"></header>
<main id="page">{content}</main>
{scripts}
</body>
</html>
"""
)
_STYLE = Markup('<link rel="stylesheet" href="{}">')
_SCRIPT = Markup('<script src="{}"></script>')
_MISSING = Markup(
    """<section class="notice">
<h1>{title} is not there yet</h1>
<p>Its files are not part of the source code. Fetch them in the folder of the project, then
load this page again:</p>
<pre>make assets</pre>
<p>The API itself works without them.</p>
</section>"""
)


class DocsController(http.Controller):
    @http.route(
        "/api/openapi.json",
        type="graphql_api",
        auth="graphql_api",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def openapi(self):
        """Describe the REST routes that the caller may use."""
        request.dispatcher.check_introspection()
        schema = request.dispatcher.schema()
        check_parameters(())
        usable = find_usable(schema, request.dispatcher.context(schema))
        version = Manifest.for_addon("graphql_api")["version"]
        return text_response(get_document(schema, usable, version), JSON_TYPE)

    @http.route(GRAPHIQL_PATH, **ROUTE)
    def graphiql(self, **_parameters):
        """Serve GraphiQL; ``/api/graphql`` is where browsers find it (see ir.http)."""
        return _page(
            "GraphiQL",
            styles=["graphiql/graphiql.css", "graphiql/explorer.css"],
            libraries=[
                "react/react.js",
                "react/react-dom.js",
                "graphiql/graphiql.js",
                "graphiql/explorer.js",
            ],
            script="graphiql.js",
        )

    @http.route("/api/docs", **ROUTE)
    def swagger(self, **_parameters):
        """Serve Swagger UI, which shows the OpenAPI document."""
        return _page(
            "Swagger UI",
            styles=["swagger-ui/swagger-ui.css"],
            libraries=["swagger-ui/swagger-ui.js"],
            script="swagger.js",
        )


def _page(title: str, styles: list[str], libraries: list[str], script: str) -> Response:
    """Return a page, or one that says how to get what is missing for it.

    :param styles: paths below static/lib/, as ``libraries``
    :param script: name of the page's own script in static/src/
    :raise NotFound: the administrator has switched such pages off
    """
    if not request.env["graphql_api.settings"]._get_settings().graphiql:
        raise NotFound
    complete = all((_LIBRARIES / path).is_file() for path in [*styles, *libraries])
    nonce = secrets.token_urlsafe(16)
    styles = ["src/page.css", *(f"lib/{path}" for path in styles if complete)]
    scripts = [
        "src/nonce.js",
        *(f"lib/{path}" for path in libraries),
        "src/session.js",
        f"src/{script}",
    ]
    html = _PAGE.format(
        title=f"{title} - Odoo API",
        styles=_tags(_STYLE, styles),
        nonce=nonce,
        session="yes" if request.session.uid else "",
        content=Markup() if complete else _MISSING.format(title=title),
        scripts=_tags(_SCRIPT, scripts if complete else []),
    )
    return Response(
        html,
        status=200 if complete else 503,
        headers=[
            ("Content-Type", "text/html; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _SECURITY_POLICY.format(nonce=nonce)),
            ("Referrer-Policy", "no-referrer"),
            ("Vary", "Accept, Cookie"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
        ],
    )


def _tags(tag: Markup, paths: list[str]) -> Markup:
    return Markup("\n").join(tag.format(_address(path)) for path in paths)


def _address(path: str) -> str:
    """Return the address of a static file; it changes with the file, which browsers keep."""
    version = (_STATIC / path).stat().st_mtime_ns
    return f"/graphql_api/static/{path}?v={version:x}"
