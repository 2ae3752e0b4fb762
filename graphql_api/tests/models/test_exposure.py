"""The cost of a change of what is exposed: that of the change, however much is exposed."""

import contextlib
import logging
from unittest.mock import patch

import psycopg2.errors

from odoo.exceptions import ConcurrencyError, RedirectWarning
from odoo.fields import Command, Domain
from odoo.tests import TransactionCase, tagged

from ...schema.exposure.errors import OutOfTime
from ..cases.query_counts import counted_queries

_SIZES = (50, 51, 90)
"""Numbers of resources beside the catalog's; at the first one, Odoo fills caches of its own.

Odoo reads records by the thousand: with all of them, resources have between 1000 and 2000 fields.
"""

_LOGGER = logging.getLogger("odoo.addons.graphql_api.models.schema")
_LIST = ("type_name", "collection", "model", "allow_read", "status", "is_served")


class _Undone(Exception):
    """A change was made on trial."""


class _Examined(logging.Handler):
    """Notes which resources are examined, as the log says it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.names: list[str] = []

    def emit(self, record):
        if record.msg == "%s is examined.":
            self.names.append(record.args[0])


class ExposureCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resources = cls.env["graphql_api.resource"]

    def create_resource(self, name: str, model: str = "res.bank", **values):
        lines = [Command.create({"field_name": field}) for field in ("name", "create_uid")]
        return self.resources.create(
            {
                "type_name": name,
                "collection": f"{name.lower()}-list",
                "model": model,
                "field_ids": lines,
                **values,
            }
        )

    @contextlib.contextmanager
    def examined(self):
        """Yield the names of the resources that are examined in the block, as they come."""
        handler, level = _Examined(), _LOGGER.level
        _LOGGER.addHandler(handler)
        _LOGGER.setLevel(logging.DEBUG)
        try:
            yield handler.names
        finally:
            _LOGGER.removeHandler(handler)
            _LOGGER.setLevel(level)


@tagged("post_install", "-at_install", "generated")
class TestCost(ExposureCase):
    """SQL queries, and the resources that are examined, at two sizes."""

    def cost(self, change) -> tuple[int, list[str]]:
        """Return the number of queries of a change, and what is examined for it."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.examined() as names, counted_queries(self.env.cr) as counted:
            change()
            self.env.flush_all()
        return counted[0], list(names)

    def costs(self, prepare) -> list[tuple[int, list[str]]]:
        """Return the cost of a change while few resources are exposed, and while many are.

        :param prepare: gets a number, and returns a change that is to be measured
        """
        found, number = [], 0
        for size in _SIZES:
            while number < size:
                number += 1
                self.create_resource(f"Zother{number}")
            change = prepare(size)
            self.rehearse(change)
            # What a process keeps is kept from the first use on.
            self.resources.search([]).mapped("status")
            found.append(self.cost(change))
        return found

    def rehearse(self, change) -> None:
        """Make a change and undo it, so that all that Odoo keeps for it is kept.

        What a process has kept before depends on the tests that it has run.
        """
        with contextlib.suppress(_Undone), self.env.cr.savepoint():
            change()
            self.env.flush_all()
            raise _Undone

    def assert_same(self, prepare, examined) -> None:
        """Check that a change costs the same at both sizes.

        :param examined: gets the number, and returns the names of what may be examined
        """
        _warm, (few, first), (many, second) = self.costs(prepare)
        self.assertEqual(few, many)
        self.assertEqual((first, second), (examined(_SIZES[1]), examined(_SIZES[2])))

    def prepare(self, change):
        """Return a preparation that makes a resource for the change, with its ids in the cache."""

        def make(number):
            resource = self.create_resource(f"Zchanged{number}")
            return lambda: change(resource)

        return make

    def test_create(self):
        def prepare(number):
            return lambda: self.create_resource(f"Znew{number}").read(["status"])

        self.assert_same(prepare, lambda number: [f"Znew{number}"])

    def test_create_by_data(self):
        def prepare(number):
            self.resources = self.resources.with_context(install_mode=True)
            return lambda: self.create_resource(f"Znew{number}")

        self.assert_same(prepare, lambda number: [])

    def test_change(self):
        """The form reads all of it again."""

        def change(resource):
            resource.write({"collection": f"{resource.collection}-too", "order": "name desc"})
            resource.field_ids = [Command.create({"field_name": "bic"})]
            lines = {"status": {}, "is_served": {}, "field_id": {}}
            resource.web_read({"status": {}, "field_ids": {"fields": lines}})

        self.assert_same(self.prepare(change), lambda number: [f"Zchanged{number}"] * 2)

    def test_change_of_a_field(self):
        def change(resource):
            resource.field_ids[0].api_name = "label"
            resource.field_ids[0].read(["status", "is_served"])

        self.assert_same(self.prepare(change), lambda number: [f"Zchanged{number}"])

    def test_change_of_an_action(self):
        def change(resource):
            values = {"name": "hide", "method": "message_unsubscribe"}
            resource.action_ids = [Command.create(values)]
            resource.read(["status"])
            resource.active = False

        def prepare(number):
            resource = self.create_resource(f"Zchanged{number}", "res.partner")
            return lambda: change(resource)

        self.assert_same(prepare, lambda number: [f"Zchanged{number}"])

    def test_archive_restore_and_delete(self):
        def change(resource):
            resource.active = False
            resource.active = True
            resource.unlink()
            self.resources.search([], limit=3).mapped("status")

        self.assert_same(self.prepare(change), lambda number: [f"Zchanged{number}"])

    def test_the_list(self):
        def prepare(number):
            specification = {name: {} for name in _LIST}
            return lambda: self.resources.web_search_read([], specification, limit=200)

        self.assert_same(prepare, lambda number: [])

    def test_the_wizard(self):
        model_names = iter(["res.partner.industry", "res.lang", "res.country.group"])

        def prepare(number):
            model = self.env["ir.model"]._get(next(model_names))

            def change():
                values = {"model_id": model.id, "type_name": f"Znew{number}"}
                values["collection"] = f"znews-{number}"
                expose = self.env["graphql_api.expose"].create(values)
                expose.field_ids.filtered(lambda line: line.field_name != "name").unlink()
                action = expose.action_expose()
                self.resources.browse(action["res_id"]).read(["status"])

            return change

        self.assert_same(prepare, lambda number: [f"Znew{number}"])

    def test_the_list_in_a_process_that_keeps_nothing(self):
        """All resources are examined, in a number of queries that does not grow with them."""

        def prepare(number):
            def change():
                self.env.registry.clear_cache("stable")
                self.resources.search([("type_name", "=like", "Zother%")]).mapped("status")

            return change

        _warm, (few, first), (many, second) = self.costs(prepare)
        # Caches of Odoo's are cleared with this one, and filled by whoever comes first.
        self.assertLess(abs(many - few), 10)
        self.assertEqual(len(second) - len(first), _SIZES[2] - _SIZES[1])

    def test_the_values_of_the_schema(self):
        """They are those that the forms have examined."""
        self.resources.search([]).mapped("status")
        with self.examined() as names:
            self.resources._get_resources()
        self.assertEqual(names, [])


@tagged("post_install", "-at_install")
class TestVersions(ExposureCase):
    """What is kept of a resource counts for what it was made from, and for nothing else."""

    def assert_refused(self, resource, collection: str):
        with self.assertRaisesRegex(RedirectWarning, "already"), self.env.cr.savepoint():
            resource.collection = collection

    def assert_accepted(self, resource, collection: str):
        resource.collection = collection
        self.assertEqual(resource.status, "Served")

    def test_two_changes_of_one_transaction(self):
        one, two = self.create_resource("Zone"), self.create_resource("Ztwo")
        one.collection = "zas"
        self.assert_refused(two, "zas")
        one.collection = "zbs"
        self.assert_refused(two, "zbs")
        self.assert_accepted(two, "zas")
        one.active = False
        self.assert_accepted(two, "zbs")

    def test_a_change_that_is_taken_back(self):
        one, two = self.create_resource("Zone"), self.create_resource("Ztwo")
        savepoint = self.env.cr.savepoint()
        one.collection = "zas"
        self.assertEqual(one.status, "Served")
        savepoint.close(rollback=True)
        self.assert_accepted(two, "zas")

    def test_a_change_of_a_field_that_is_taken_back(self):
        one = self.create_resource("Zone")
        line = one.field_ids[0]
        savepoint = self.env.cr.savepoint()
        line.api_name = "label"
        self.assertEqual(self.names("Zone"), {"label", "create_uid"})
        savepoint.close(rollback=True)
        self.assertEqual(self.names("Zone"), {"name", "create_uid"})
        line.active = False
        self.assertEqual(self.names("Zone"), {"create_uid"})
        line.unlink()
        one.field_ids.unlink()
        self.assertEqual(self.names("Zone"), set())

    def names(self, type_name: str) -> set[str]:
        """Return the names of the fields that the schema has of a resource."""
        found = self.resources._get_resources()
        (resource,) = (each for each in found if each.type_name == type_name)
        return set(resource.fields)

    def test_rows_that_no_form_has_changed(self):
        one = self.create_resource("Zone")
        self.assertEqual(one.status, "Served")
        for table, column, value in (
            ("graphql_api_resource", "type_name", "no name"),
            ("graphql_api_resource", "type_name", "Zone"),
        ):
            self.env.flush_all()
            self.env.cr.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, one.id])
            self.env.invalidate_all()
            self.assertEqual(one.is_served, value == "Zone")

    def test_a_target_that_is_renamed_or_archived(self):
        """What leads to a resource follows it, though it is not changed itself."""
        industry = self.create_resource("Zindustry", "res.partner.industry")
        self.env.ref("graphql_api.customer").field_ids.create(
            {
                "resource_id": self.env.ref("graphql_api.customer").id,
                "field_name": "industry_id",
                "relation_resource_id": industry.id,
            }
        )

        def relation():
            found = self.resources._get_resources()
            (customer,) = (each for each in found if each.type_name == "Customer")
            field = customer.fields.get("industry")
            return field and field.relation

        self.assertEqual(relation(), "Zindustry")
        industry.type_name = "Zbranch"
        self.assertEqual(relation(), "Zbranch")
        industry.active = False
        self.assertIsNone(relation())
        industry.active = True
        self.assertEqual(relation(), "Zbranch")


@tagged("post_install", "-at_install")
class TestInterruptions(ExposureCase):
    """What makes Odoo try a transaction again is no mistake of whoever wrote a domain."""

    def test_domains(self):
        domain = "[('name', '=', 'a')]"
        resource = self.create_resource("Zone", "res.partner", document_field="parent_id")
        for error in (
            psycopg2.errors.SerializationFailure(),
            psycopg2.errors.QueryCanceled(),
            ConcurrencyError(),
            OutOfTime(),
        ):
            for place, values in (
                ((Domain, "validate"), {"domain": domain}),
                ((Domain, "validate"), {"document_domain": domain}),
                ((type(self.env["res.partner"]), "_search"), {"domain": domain}),
            ):
                with (
                    self.subTest(error=error, values=values),
                    patch.object(*place, side_effect=error),
                    self.assertRaises(type(error)),
                    self.env.cr.savepoint(),
                ):
                    resource.write(values)
