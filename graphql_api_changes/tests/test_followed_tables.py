"""Which tables are logged, for how long, and what is left when they are not."""

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.graphql_api_changes import uninstall_hook
from odoo.addons.graphql_api_changes.models import change_log
from odoo.addons.graphql_api_changes.schema import log_table

from .cases.committed import CommittedCase


@tagged("post_install", "-at_install")
class TestFollowedTables(CommittedCase):
    def bank(self) -> dict:
        return {
            "type_name": "Bank",
            "collection": "banks",
            "model": "res.bank",
            "is_tracked": True,
            "field_ids": [(0, 0, {"field_name": "name"})],
        }

    def test_tracking_a_resource_makes_and_removes_triggers(self):
        self.assertNotIn("res_bank", self.logged())
        (bank,) = self.keep("graphql_api.resource", self.bank())
        self.assertIn("res_bank", self.logged())
        token = self.token("Bank")
        (record,) = self.keep("res.bank", {"name": "Heron"})
        self.assertEqual(self.changes("Bank", token), [record])
        with self.changed("graphql_api.resource", [bank], {"is_tracked": False}):
            self.assertNotIn("res_bank", self.logged())
            self.execute("UPDATE res_bank SET name = 'Egret' WHERE id = %s", record)
        # Changes in between are not in the log.
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Bank", token)
        self.remove("graphql_api.resource", [bank])
        self.assertNotIn("res_bank", self.logged())

    def logged(self) -> dict:
        with self.transaction() as env:
            return log_table.find_logged(env)

    def test_a_check_that_finds_nothing_locks_nothing(self):
        with self.transaction() as env:
            env["graphql_api.change.log"]._register_hook()
            env.cr.execute(
                "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() "
                "AND mode NOT IN ('AccessShareLock', 'ExclusiveLock') AND locktype = 'relation'"
            )
            self.assertEqual(env.cr.fetchone(), (0,))

    def test_a_trigger_that_is_gone_is_made_again(self):
        damages = [
            "DROP TRIGGER graphql_api_log_update ON res_country",
            "ALTER TABLE res_country DISABLE TRIGGER graphql_api_log_insert",
            "CREATE OR REPLACE FUNCTION graphql_api_log_res_country() RETURNS trigger "
            "LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        ]
        for damage in damages:
            token = self.token("Country")
            self.execute(damage)
            with self.transaction() as env:
                env["graphql_api.change.log"]._register_hook()
            with self.subTest(damage), self.assertApiError("RESYNC_REQUIRED"):
                self.changes("Country", token)
            token = self.token("Country")
            (record,) = self.keep("res.country", {"name": "Aviary", "code": "ZY"})
            self.assertIn(record, self.changes("Country", token))
            self.remove("res.country", [record])

    def test_a_table_in_use_is_left_for_the_next_time(self):
        self.execute("DROP TRIGGER graphql_api_log_update ON res_country")
        with self.transaction() as writer:
            writer.cr.execute("LOCK TABLE res_country IN ROW EXCLUSIVE MODE")
            with self.transaction() as env, self.assertLogs(change_log.__name__, "WARNING"):
                env["graphql_api.change.log"]._check()
        with self.transaction() as env:
            env["graphql_api.change.log"]._check()
        self.assertTrue(self.logged()["res_country"])

    def begin(self, stack: contextlib.ExitStack) -> list:
        """Return environments of two transactions, neither of which sees what the other does."""
        environments = [stack.enter_context(self.transaction()) for _ in range(2)]
        for env in environments:
            env.cr.execute("SELECT")
        return environments

    def set_right(self, check: Callable[[], None]) -> None:
        """Have a function set right what can be wrong, quietly."""
        for damage in (
            "UPDATE graphql_api_change_mark SET cluster = 'of:another:cluster'",
            "DROP TRIGGER graphql_api_log_update ON res_country",
        ):
            with self.subTest(damage), self.assertNoLogs(change_log.__name__, "WARNING"):
                self.execute(damage)
                check()
                clusters = self.execute("SELECT DISTINCT cluster FROM graphql_api_change_mark")
                self.assertEqual(len(clusters), 1)
                self.assertNotIn(("of:another:cluster",), clusters)
                self.assertTrue(self.logged()["res_country"])
                token = self.token("Country")
                (record,) = self.keep("res.country", {"name": "Aviary", "code": "ZY"})
                self.assertEqual(self.changes("Country", token), [record])
                self.remove("res.country", [record])

    def test_two_servers_check_at_the_same_time(self):
        """As those do that load a database which was just copied; the second sees no change."""

        def check():
            with contextlib.ExitStack() as stack:
                first, second = self.begin(stack)
                first["graphql_api.change.log"]._check()
                first.cr.commit()
                second["graphql_api.change.log"]._check()

        self.set_right(check)

    def test_a_server_checks_while_another_has_not_committed(self):
        """The second one waits."""
        self.set_right(lambda: self.check_beside("commit"))

    def test_a_server_checks_while_another_gives_up(self):
        """The second one does what is to be done."""
        self.set_right(lambda: self.check_beside("rollback"))

    def test_a_server_checks_again_after_another_transaction_was_in_its_way(self):
        """What the other one did need not be what the check would do."""

        def check():
            with contextlib.ExitStack() as stack:
                first, second = self.begin(stack)
                log_table.take_turn(first)
                first.cr.commit()
                second["graphql_api.change.log"]._check()

        self.set_right(check)

    def check_beside(self, end: str) -> None:
        with contextlib.ExitStack() as stack, ThreadPoolExecutor(1) as beside:
            first, second = self.begin(stack)
            first["graphql_api.change.log"]._check()
            checked = beside.submit(second["graphql_api.change.log"]._check)
            self.wait_for_lock(second)
            getattr(first.cr, end)()
            checked.result()

    def wait_for_lock(self, env) -> None:
        """Wait until a transaction waits for another one."""
        process = env.cr._cnx.info.backend_pid
        for _ in range(200):
            if self.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", process) == [(True,)]:
                return
            time.sleep(0.05)
        self.fail("It does not wait")

    def test_two_administrators_track_the_same_table(self):
        """Odoo repeats what the second one does, who does not see what the first one did."""
        branch = {**self.bank(), "type_name": "Branch", "collection": "branches"}
        with mute_logger("odoo.sql_db"), contextlib.ExitStack() as stack:
            first, second = self.begin(stack)
            bank = first["graphql_api.resource"].create(self.bank())
            self.addCleanup(self.remove, bank._name, bank.ids)
            first.cr.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                second["graphql_api.resource"].create(branch)
                second.cr.commit()
            second.cr.rollback()
        self.assertIn("res_bank", self.logged())

    def test_uninstalling_leaves_nothing(self):
        with self.transaction(commit=False) as env:
            uninstall_hook(env)
            env.cr.execute(
                "SELECT count(*) FROM pg_trigger WHERE starts_with(tgname, 'graphql_api_')"
            )
            self.assertEqual(env.cr.fetchone(), (0,))
            env.cr.execute(
                "SELECT count(*) FROM pg_proc WHERE starts_with(proname, 'graphql_api_log')"
            )
            self.assertEqual(env.cr.fetchone(), (0,))
            env.ref("base.be").name = "Aviary"
            env.flush_all()

    def prune(self) -> tuple[int, int]:
        with self.transaction() as env:
            return env["graphql_api.change.log"]._prune()

    def age(self, position: str) -> None:
        """Have a position be older than the log is kept.

        :param position: an expression of SQL
        """
        self.execute(
            "INSERT INTO graphql_api_change_mark "
            f"SELECT {position}, create_date - interval '31 days', cluster "
            "FROM graphql_api_change_mark ORDER BY create_date DESC LIMIT 1"
        )
        self.addCleanup(self.begin_anew)

    def begin_anew(self) -> None:
        with self.transaction() as env:
            env.cr.execute("DELETE FROM graphql_api_change_mark")
            env["graphql_api.change.log"]._check()

    def logged_kinds(self, record: int) -> list[str]:
        rows = self.execute(
            "SELECT kind FROM graphql_api_change_log "
            "WHERE table_name = 'res_country' AND record_id = %s ORDER BY transaction",
            record,
        )
        return [kind for (kind,) in rows]

    def test_old_changes_are_pruned_and_old_tokens_are_too_old(self):
        token = self.token("Country")
        (record,) = self.keep("res.country", {"name": "Aviary", "code": "ZY"})
        self.prune()
        self.assertEqual(self.changes("Country", token), [record])
        self.age("pg_snapshot_xmax(pg_current_snapshot())")
        self.execute("UPDATE res_country SET phone_code = 1 WHERE id = %s", record)
        while self.prune()[1]:
            pass
        self.assertEqual(self.logged_kinds(record), ["update"])
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Country", token)

    def test_what_commits_after_it_was_pruned_is_not_missed(self):
        """A transaction of more than the age: its changes come with numbers before the horizon."""
        (record,) = self.keep("res.country", {"name": "Aviary", "code": "ZY"})
        with self.transaction() as slow:
            slow.cr.execute("UPDATE res_country SET phone_code = 1 WHERE id = %s", [record])
            token = self.token("Country")
            self.age("pg_snapshot_xmin(pg_current_snapshot())")
            self.prune()
        self.assertEqual(self.changes("Country", token), [record])
        # And what is pruned although it was committed late is known to be missing.
        with self.transaction() as slow:
            slow.cr.execute("UPDATE res_country SET phone_code = 2 WHERE id = %s", [record])
            token = self.token("Country")
            self.execute("SELECT pg_current_xact_id()")  # a later transaction that is over sooner
            self.age("pg_snapshot_xmax(pg_current_snapshot())")
            self.prune()
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Country", token)

    def test_another_cluster_begins_anew(self):
        token = self.token("Country")
        self.execute("UPDATE graphql_api_change_mark SET cluster = 'of:another:cluster'")
        with self.transaction() as env:
            env["graphql_api.change.log"]._check()
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Country", token)
        token = self.token("Country")
        (record,) = self.keep("res.country", {"name": "Aviary", "code": "ZY"})
        self.assertEqual(self.changes("Country", token), [record])

    def test_settings_that_make_no_sense(self):
        for name in ("graphql_api_changes_log_days", "graphql_api_changes_max_streams"):
            for number in (0, -5):
                with (
                    self.subTest(name, number=number),
                    self.transaction(commit=False) as env,
                    self.assertRaises(ValidationError),
                ):
                    env["res.config.settings"].create({name: number})
