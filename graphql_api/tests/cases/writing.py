"""What the tests of writing share: what a request changed, and what an error blames."""

import json
from contextlib import contextmanager

from odoo.tools import SQL

from .access import AccessCase

JSON = {"Content-Type": "application/json"}
COMPARED_TABLES = (
    "res_partner",
    "res_partner_category",
    "res_partner_res_partner_category_rel",
    "sale_order",
    "sale_order_line",
    "crm_lead",
    "crm_tag",
    "product_template",
    "product_product",
    "account_move",
    "account_move_line",
    "stock_picking",
    "mail_message",
    "ir_attachment",
)


class WriteCase(AccessCase):
    """Requests that change the database, and requests that must not."""

    login = "admin"
    maxDiff = None

    def http(self, method, path, **kwargs):
        """Send a request; what it wrote is read anew afterwards."""
        if "json" in kwargs:
            kwargs["data"] = json.dumps(kwargs.pop("json")).encode()
            kwargs["headers"] = {**JSON, **(kwargs.get("headers") or {})}
        try:
            return super().http(method, path, **kwargs)
        finally:
            self.env.invalidate_all()

    def write_rest(self, method, path, body=None, *, status=200, **kwargs):
        """Send JSON and return the data of the answer."""
        if body is not None:
            kwargs["json"] = body
        return self.rest(path, method=method, status=status, **kwargs)["data"]

    def contents(self):
        """Return what tells whether anything in the compared tables has changed."""
        self.env.flush_all()
        found = {}
        for table in COMPARED_TABLES:
            self.env.cr.execute(
                SQL(
                    "SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) "
                    "FROM %s t",
                    SQL.identifier(table),
                )
            )
            found[table] = self.env.cr.fetchone()
        return found

    @contextmanager
    def nothing_written(self):
        """Within the block no record changes, and nothing is logged as an error."""
        before = self.contents()
        with self.assertNoLogs("odoo", "ERROR"):
            yield
        self.assertEqual(self.contents(), before)

    def refuse_graphql(self, query, variables=None, *, code, fields=None, **kwargs):
        """Send a mutation that is refused as a whole; return its first error.

        :param fields: the paths that the error blames
        """
        with self.nothing_written():
            response = self.graphql_response(query, variables, **kwargs)
        self.assertLess(response.status_code, 500, response.text[:1000])
        self.assert_no_internals(response)
        body = response.json()
        self.assertIsNone(body.get("data"), body)
        error = body["errors"][0]
        self.assertEqual(error["extensions"]["code"], code, response.text[:2000])
        if fields is not None:
            found = [item["field"] for item in error["extensions"].get("errors", ())]
            self.assertCountEqual(found, fields, response.text[:2000])
        return error

    def refuse_rest(self, method, path, body=None, *, status, code=None, fields=None, **kwargs):
        """Send a request that is refused as a whole; return the envelope."""
        if body is not None:
            kwargs["json"] = body
        with self.nothing_written():
            response = self.http(method, path, **kwargs)
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.assert_no_internals(response)
        envelope = response.json()
        self.assertEqual(envelope["status"], "error")
        if code is not None:
            self.assertEqual(envelope["code"], code)
        for item in envelope.get("errors", ()) if "" not in (body or ()) else ():
            self.assertTrue(item["field"], response.text[:2000])
        if fields is not None:
            found = [item["field"] for item in envelope.get("errors", ())]
            self.assertCountEqual(found, fields, response.text[:2000])
        return envelope

    def assert_no_internals(self, response):
        for internal in ("Traceback", "psycopg2", "SELECT ", 'File \\"'):
            self.assertNotIn(internal, response.text)
