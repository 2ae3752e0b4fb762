"""Files in multipart requests, of GraphQL and of REST."""

from collections.abc import Collection

from werkzeug.datastructures import FileStorage

from odoo.http import HTTPRequest

from ..schema.exposure.errors import ApiError
from .json_body import read_json

PREFLIGHT_HEADERS = (
    "GraphQL-Require-Preflight",
    "GraphQL-Preflight",
    "Apollo-Require-Preflight",
    "X-Apollo-Operation-Name",
    "X-Requested-With",
)
"""Headers that a page of another site cannot send without asking this server first."""

MAX_FILES = 20


def is_multipart(httprequest: HTTPRequest) -> bool:
    """Tell whether the body is a form with files."""
    return httprequest.mimetype == "multipart/form-data"


def read_files(httprequest: HTTPRequest, repeated: Collection[str] = ()) -> dict[str, bytes]:
    """Return the files of a multipart body by the names of their parts.

    They can be read again, when Odoo tries the request again.

    :param repeated: names of parts that :func:`read_repeated` reads
    :raise ApiError: BAD_USER_INPUT
    """
    files = list(httprequest.files.items(multi=True))
    if len(files) > MAX_FILES:
        raise ApiError("BAD_USER_INPUT", f"A request may have at most {MAX_FILES} files.")
    single = [(name, file) for name, file in files if name not in repeated]
    if len(dict(single)) < len(single):
        raise ApiError("BAD_USER_INPUT", "Two files have the same part name.")
    return {name: _read(file) for name, file in single}


def read_repeated(httprequest: HTTPRequest, name: str) -> list[tuple[str, bytes]]:
    """Return the name and the bytes of each file whose part has a name."""
    return [(file.filename or name, _read(file)) for file in httprequest.files.getlist(name)]


def _read(file: FileStorage) -> bytes:
    content = file.read()
    file.seek(0)
    return content


def read_graphql_form(httprequest: HTTPRequest) -> dict:
    """Return a GraphQL request whose variables have the files of the form in their places.

    Follows the GraphQL multipart request specification (jaydenseric): ``operations``, ``map``,
    then the files. A list of operations is not taken.

    :raise ApiError: BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE without the header
    """
    if not any(httprequest.headers.get(name) for name in PREFLIGHT_HEADERS):
        raise ApiError(
            "UNSUPPORTED_MEDIA_TYPE",
            "A multipart request needs a header that pages of other sites cannot send by "
            "themselves: "
            f"{PREFLIGHT_HEADERS[0]}: 1",
        )
    operations = read_json(httprequest.form.get("operations", ""), "operations")
    places = read_json(httprequest.form.get("map", ""), "map")
    if not isinstance(operations, dict):
        raise ApiError("BAD_USER_INPUT", "operations must be one JSON object with a query.")
    if not isinstance(places, dict):
        raise ApiError("BAD_USER_INPUT", 'map must be a JSON object: {"0": ["variables.file"]}.')
    files = read_files(httprequest)
    for name, paths in places.items():
        if name not in files:
            raise ApiError("BAD_USER_INPUT", f"map names the file {name[:80]!r}, which is missing.")
        if not isinstance(paths, list):
            raise ApiError("BAD_USER_INPUT", f"map has no list of paths for {name[:80]!r}.")
        for path in paths:
            _put(operations, path, files[name])
    return operations


def _put(operations: dict, path, content: bytes) -> None:
    """Replace the null at a path like ``variables.inputs.0.image1920`` by a file."""
    parts = path.split(".") if isinstance(path, str) else []
    target = operations
    try:
        if parts[0] != "variables":
            raise KeyError(path)
        for part in parts[:-1]:
            target = target[int(part) if isinstance(target, list) else part]
        last = int(parts[-1]) if isinstance(target, list) else parts[-1]
        if target[last] is not None:
            raise KeyError(path)
        target[last] = content
    except (KeyError, IndexError, TypeError, ValueError):
        raise ApiError(
            "BAD_USER_INPUT",
            f"map has the path {str(path)[:80]!r}; operations must have null at that path, below "
            "variables.",
        ) from None
