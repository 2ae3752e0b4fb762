"""How fast whole lists are streamed and files are imported, and what memory that takes."""

import http.client
import json
import time
from dataclasses import dataclass

import psutil

from bench.exchange import BadResponse
from bench.peers.access import Access
from bench.server import OdooServer
from tools.odoo_server import HOST
from tools.progress import say

TEN_FIELDS = "id,name,email,phone,street,city,zip,country.code,is_company,create_date"

_EXPORTS = {
    "ids": ("NDJSON, ids", "application/x-ndjson", "id"),
    "ndjson": ("NDJSON, 10 fields", "application/x-ndjson", TEN_FIELDS),
    "csv": ("CSV, 10 fields", "text/csv", TEN_FIELDS),
}
_IMPORTED = 2_000
_CHUNK = 1024 * 1024
_PAGE, _PAGES = 1000, 100


@dataclass
class _Transfer:
    """What was read of a response: its lines and bytes, and what its server took meanwhile."""

    lines: int = 0
    size: int = 0
    peak: int = 0


def run(server: OdooServer, access: Access) -> dict:
    """Return the figures of each transfer, by its name.

    ``seconds`` and ``rows`` of all of it; ``first_ms`` until the first bytes came; ``memory_mb``
    before, and how much more at most it was meanwhile, of the server's process.
    """
    process = psutil.Process(server.process_id)
    # What a server takes for its first request of a kind is not what a stream takes.
    _export(server, access, process, "application/x-ndjson", f"{TEN_FIELDS}&filter[id][lt]=1000")
    found = {}
    for name, (title, accept, fields) in _EXPORTS.items():
        found[name] = {"title": title, **_export(server, access, process, accept, fields)}
        say(f"{title}: {found[name]}")
    title = f"JSON in {_PAGES} requests of {_PAGE} rows, 10 fields"
    found["pages"] = {"title": title, **_pages(server, access)}
    title = f"import of {_IMPORTED:,} lines of NDJSON"
    found["import"] = {"title": title, **_import(server, access, process)}
    return found


def _export(
    server: OdooServer, access: Access, process: psutil.Process, accept: str, fields: str
) -> dict:
    headers = {**access.headers, "Accept": accept}
    path = f"/api/customers?fields={fields}"
    return _transfer(server, process, "GET", path, None, headers)


def _import(server: OdooServer, access: Access, process: psutil.Process) -> dict:
    run_id = time.time_ns()
    rows = (
        {"external_id": f"bench.{run_id}_{number}", "name": f"Imported {number}", "city": "Ghent"}
        for number in range(_IMPORTED)
    )
    body = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    headers = {**access.headers, "Content-Type": "application/x-ndjson"}
    path = "/api/customers/import?by=external_id"
    return _transfer(server, process, "POST", path, body, headers)


def _transfer(
    server: OdooServer,
    process: psutil.Process,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict,
) -> dict:
    before = process.memory_info().rss
    connection = http.client.HTTPConnection(HOST, server.port, timeout=600)
    begin = time.monotonic()
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    if response.status != 200:
        raise BadResponse(f"{method} {path} gave {response.status}: {response.read(500)!r}")
    read, first, last = _Transfer(peak=before), 0.0, b""
    while chunk := response.read1(_CHUNK):
        first = first or time.monotonic() - begin
        read.lines += chunk.count(b"\n")
        read.size += len(chunk)
        read.peak = max(read.peak, process.memory_info().rss)
        last = (last + chunk)[-10_000:]
    seconds = time.monotonic() - begin
    connection.close()
    end = last.rstrip().rpartition(b"\n")[2]
    if b'"status":"error"' in end:
        raise BadResponse(f"{method} {path} ended with {end[:500]!r}")
    return {
        "rows": read.lines - 1,  # one is the heading, or the end
        "seconds": round(seconds, 2),
        "bytes": read.size,
        "first_ms": round(first * 1000, 1),
        "memory_mb": round(before / 1024**2, 1),
        "more_memory_mb": round((read.peak - before) / 1024**2, 1),
    }


def _pages(server: OdooServer, access: Access) -> dict:
    """Return the figures of rows that the client reads in pages."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=600)
    begin, first, size, rows, after = time.monotonic(), 0.0, 0, 0, ""
    path = f"/api/customers?fields={TEN_FIELDS}&sort=id&limit={_PAGE}"
    for _page in range(_PAGES):
        connection.request("GET", f"{path}{after and '&after='}{after}", headers=access.headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise BadResponse(f"GET {path} gave {response.status}: {content[:500]!r}")
        first = first or time.monotonic() - begin
        page = json.loads(content)
        rows, size, after = rows + len(page["data"]), size + len(content), page["meta"]["next"]
        if after is None:
            break
    connection.close()
    seconds = time.monotonic() - begin
    return {
        **{"rows": rows, "seconds": round(seconds, 2), "bytes": size},
        "first_ms": round(first * 1000, 1),
    }
