"""Customers and orders of Odoo in a DuckDB file: all of them first, then what has changed since.

Usage: python pipeline.py [<DuckDB file>]
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator

# No statistics of the use of dlt.
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")

import dlt
from dlt.destinations.exceptions import DatabaseUndefinedRelation
from dlt.sources.helpers import requests

TABLES = {
    "customers": "id,name,email,city,country.code,write_date",
    "sale-orders": "id,name,state,date_order,amount_total,customer.id,write_date",
}
"""Collection -> the fields that are kept of its records."""

REMOVED = "removed"
"""The column that tells dlt to delete a row."""


KNOWN_AT_ONCE = 10_000
"""Ids that the server takes with one request for changes."""


class ResyncRequired(Exception):
    """What has changed since the token cannot be told any more."""


class Odoo:
    """The API of a server, for one key."""

    def __init__(self, url: str, key: str):
        self._url = url
        self._session = requests.Client(raise_for_status=False).session
        self._session.headers["Authorization"] = f"Bearer {key}"

    def export(self, collection: str, fields: str, state: dict) -> Iterator[dict]:
        """Yield all records; a stream that breaks off is gone on with after its last row.

        :param state: gets the token with which to ask later what has changed
        """
        parameters = {"fields": fields, "cursors": "true"}
        token, end = None, {}
        while end.get("status") != "success":
            response = self._session.get(
                f"{self._url}/api/{collection}",
                params=parameters,
                headers={"Accept": "application/x-ndjson"},
                stream=True,
            )
            response.raise_for_status()
            # That of the first stream: what is changed while it is read is a change since.
            token = token or response.headers["Changes-Token"]
            sent = parameters.get("after")
            try:
                for line in response.iter_lines():
                    row = json.loads(line)
                    if "@end" in row:
                        end = row["@end"]
                        break
                    parameters["after"] = row.pop("@cursor")
                    yield row
            except requests.RequestException:
                if parameters.get("after") == sent:
                    raise
            if end.get("status") == "error" and parameters.get("after") == sent:
                raise RuntimeError(end["message"])
        state["token"] = token

    def changes(self, collection: str, fields: str, known: list[int], state: dict) -> Iterator:
        """Yield records that have changed, and of those that are known the ids of the others.

        :param state: has the token since which, and gets the next one
        :raise ResyncRequired: all records have to be read again
        """
        tokens = []
        for part in batched(known, KNOWN_AT_ONCE) if known else [()]:
            token, more = state["token"], True
            while more:
                body = {"since": token, "known": part, "fields": fields}
                path = f"{self._url}/api/{collection}/changes"
                response = self._session.post(path, json=body)
                if response.status_code == 410:
                    raise ResyncRequired
                response.raise_for_status()
                answer = response.json()
                yield from answer["data"]
                yield from ({"id": number, REMOVED: True} for number in answer["meta"]["removed"])
                token, more = answer["meta"]["token"], answer["meta"]["has_more"]
            tokens.append(token)
        # What has changed between the parts comes once more with the next run.
        state["token"] = tokens[0]


def rows(odoo: Odoo, collection: str, fields: str, known: list[int]) -> Iterator[dict]:
    """Yield what has to be merged into the table of a collection.

    :param known: ids of the rows that are there
    """
    state = dlt.current.resource_state()
    if "token" in state:
        try:
            yield from odoo.changes(collection, fields, known, state)
            return
        except ResyncRequired:
            del state["token"]
    gone = set(known)
    for row in odoo.export(collection, fields, state):
        gone.discard(row["id"])
        yield row
    yield from ({"id": number, REMOVED: True} for number in gone)


def batched(items: list[int], size: int) -> Iterator[list[int]]:
    """Yield parts of a list."""
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]


def known_ids(pipeline: dlt.Pipeline, table: str) -> list[int]:
    """Return the ids of the rows of a table; none before it was made."""
    if pipeline.first_run:
        return []
    with pipeline.sql_client() as client:
        try:
            return [number for (number,) in client.execute_sql(f"SELECT id FROM {table}") or ()]
        except DatabaseUndefinedRelation:
            return []


def counted(items: Iterable[dict], counts: dict[str, int], table: str) -> Iterator[dict]:
    """Yield items, and count them."""
    for item in items:
        counts[table] += 1
        yield item


def main(path: str = "warehouse.duckdb") -> None:
    """Bring the file up to date; print how many rows were merged into each table."""
    odoo = Odoo(os.environ["ODOO_URL"], os.environ["ODOO_KEY"])
    pipeline = dlt.pipeline(
        "odoo",
        pipelines_dir=f"{path}.state",
        destination=dlt.destinations.duckdb(path),
        dataset_name="odoo",
    )
    pipeline.sync_destination()
    counts = {collection.replace("-", "_"): 0 for collection in TABLES}
    resources = []
    for collection, fields in TABLES.items():
        table = collection.replace("-", "_")
        items = rows(odoo, collection, fields, known_ids(pipeline, table))
        resources.append(
            dlt.resource(
                counted(items, counts, table),
                name=table,
                primary_key="id",
                write_disposition="merge",
                columns={REMOVED: {"data_type": "bool", "hard_delete": True}},
            )
        )
    pipeline.run(resources).raise_on_failed_jobs()
    print(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
