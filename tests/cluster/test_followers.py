"""Clients that keep copies while others write in every way there is, and all is restarted.

In the end each copy is what a fresh search finds.
"""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
import requests

from tools import api_key, database_server
from tools.cluster.cluster import DATABASE
from tools.progress import StepFailed

from ..administrator import Administrator
from .conftest import execute, replay_paused, wait_for_replica
from .follower import Follower

pytestmark = pytest.mark.cluster

_CHANGES = 10_000
_HIDDEN = 9
"""The color of tags whose customers are hidden from one of the followers."""


class Writers:
    """Eight ways to write, each in a thread of its own.

    What a writer waits for is that something is committed, or that somebody else has to wait.

    :param run: what the references of all records of this run begin with
    """

    def __init__(self, cluster, key: str, run: str, rule: int, policy_right: int, group: int):
        self._cluster = cluster
        self._key = key
        self._run = run
        self._rule = rule
        self._policy_right = policy_right
        self._group = group

    def jobs(self) -> list[Callable[[], None]]:
        """Return what the threads do."""
        return [
            self._clients_of_the_api,
            self._orm,
            self._deletions_by_hand,
            self._cascades,
            self._bulk_updates,
            self._transactions_held_open,
            self._archiving,
            self._rules_and_rights,
        ]

    def make(self, kind: str, count: int, **values) -> list[int]:
        """Create customers by the ORM; return their ids."""
        rows = [
            {"name": f"{kind} {number}", "ref": f"{self._run}-{kind}-{number}", **values}
            for number in range(count)
        ]
        return self._call("res.partner", "create", vals_list=rows)

    def _clients_of_the_api(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {self._key}"
            for number in range(25):
                server = self._cluster.servers[number % 2].url
                body = {"name": f"Client {number}", "ref": f"{self._run}-client-{number}"}
                record = insist(
                    lambda server=server, body=body: session.post(
                        f"{server}/api/customers?fields=id", json=body, timeout=60
                    ).json()["data"]["id"]
                )
                address = f"{server}/api/customers/{record}"
                body = {"city": "Ghent"}
                insist(
                    lambda a=address, b=body: session.patch(a, json=b, timeout=60).json()["data"]
                )
                if number % 3 == 0:
                    insist(lambda a=address: session.delete(a, timeout=60).json()["status"])

    def _orm(self) -> None:
        records = self.make("orm", 40)
        for number in range(20):
            city = ("Ghent", "Bruges")[number % 2]
            self._call("res.partner", "write", ids=records[number:], vals={"city": city})
            # A secret from the beginning to the end.
            self.make(f"secret-{number}", 2, function="secret", city="Ghent")
        self._call("res.partner", "unlink", ids=records[30:])

    def _deletions_by_hand(self) -> None:
        for number in range(8):
            records = self.make(f"deleted-{number}", 20, city="Ghent")
            self._sql("DELETE FROM res_partner WHERE id = ANY(%s)", records[:10])

    def _cascades(self) -> None:
        """Tags below a tag that is deleted go with it, and from their customers, too."""
        for number in range(8):
            (parent,) = self._tags([{"name": f"{self._run} parent {number}"}])
            children = self._tags(
                [{"name": f"{self._run} child {number}.{n}", "parent_id": parent} for n in range(5)]
            )
            links = [(4, child) for child in children]
            self.make(f"tagged-{number}", 5, category_id=links)
            if number % 2:
                self._sql("DELETE FROM res_partner_category WHERE id = %s", parent)

    def _bulk_updates(self) -> None:
        self.make("bulk", 400)
        for number in range(24):
            city = ("Ghent", "Antwerp", "Bruges")[number % 3]
            self._sql(
                "UPDATE res_partner SET city = %s WHERE ref LIKE %s", city, f"{self._run}-bulk-%"
            )

    def _transactions_held_open(self) -> None:
        records = self.make("held", 60, city="Ghent")
        for number in range(6):
            some = records[number * 10 : number * 10 + 10]
            insist(lambda some=some, number=number: self._hold(some, number))

    def _hold(self, records: list[int], number: int) -> None:
        with transaction(self._cluster) as cursor:
            cursor.execute(
                "UPDATE res_partner SET city = 'Bruges', street = %s WHERE id = ANY(%s)",
                (f"Held {number}", records),
            )
            cursor.execute("DELETE FROM res_partner WHERE id = %s", (records[0],))
            # Others commit what began later.
            time.sleep(0.5 + number % 3)
            if number % 3 == 2:
                cursor.execute("ROLLBACK; BEGIN")

    def _archiving(self) -> None:
        records = self.make("archived", 30, city="Ghent")
        tags = self._tags([{"name": f"{self._run} color {n}"} for n in range(3)])
        for tag in tags:
            self._call(
                "res.partner", "write", ids=records[tag % 7 :], vals={"category_id": [(4, tag)]}
            )
        for number in range(12):
            some = records[number : number + 12]
            self._call("res.partner", "write", ids=some, vals={"active": bool(number % 2)})
            color = _HIDDEN if number % 3 == 0 else 1
            tag = tags[number % 3]
            self._call("res.partner.category", "write", ids=[tag], vals={"color": color})

    def _rules_and_rights(self) -> None:
        for number in range(3):
            time.sleep(2)
            more = [("city", "!=", "Antwerp")] if number % 2 == 0 else []
            self._call("ir.rule", "write", ids=[self._rule], vals={"domain_force": rule(more)})
            time.sleep(1)
            users = [(4 if number % 2 == 0 else 3, self._demo())]
            self._call("res.groups", "write", ids=[self._group], vals={"user_ids": users})
            shown = '[["city", "in", ["Ghent", "Bruges"]]]' if number else "[]"
            self._call(
                "graphql_api.policy.right",
                "write",
                ids=[self._policy_right],
                vals={"record_filter": shown},
            )

    def _demo(self) -> int:
        (demo,) = self._call("res.users", "search", domain=[["login", "=", "demo"]])
        return demo

    def _tags(self, rows: list[dict]) -> list[int]:
        return self._call("res.partner.category", "create", vals_list=rows)

    def _call(self, model: str, method: str, **values):
        server = self._cluster.servers[uuid.uuid4().int % 2]
        return insist(lambda: Administrator(server.url, self._key).call(model, method, **values))

    def _sql(self, statement: str, *parameters) -> None:
        insist(lambda: execute(self._cluster.primary, statement, *parameters))


def insist(action: Callable):
    """Do something until it succeeds, while servers and databases come and go.

    What has been done without an answer is done again: the copies have to follow that, too.
    """
    deadline = time.monotonic() + 90
    while True:
        try:
            return action()
        except (AssertionError, KeyError, ValueError, OSError, psycopg2.Error, StepFailed):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@contextlib.contextmanager
def transaction(cluster) -> Iterator:
    """Yield a cursor on the primary with a transaction, which is committed at the end."""
    with database_server.cursor(cluster.primary.login, DATABASE) as cursor:
        cursor.execute("BEGIN")
        yield cursor
        cursor.execute("COMMIT")


def rule(more: list) -> str:
    """Return the domain of the rule of the followers who may not see all."""
    hidden = ("category_id", "any", [("color", "=", _HIDDEN)])
    return repr(["!", ("function", "=", "secret"), "!", hidden, *more])


@pytest.fixture
def everything(cluster, admin_key) -> Iterator[dict]:
    """Yield the run, keys of three callers, and those who write."""
    run = f"run-{uuid.uuid4().hex[:8]}"
    administrator = Administrator(cluster.servers[0].url, admin_key)
    call = administrator.call

    def find(model: str, *domain: list) -> int:
        (record,) = call(model, "search", domain=list(domain), context={"active_test": False})
        return record

    groups = {
        name: find("ir.model.data", ["module", "=", "base"], ["name", "=", name])
        for name in ("group_user", "group_system")
    }
    groups = {
        name: call("ir.model.data", "read", ids=[record], fields=["res_id"])[0]["res_id"]
        for name, record in groups.items()
    }
    partner = find("ir.model", ["model", "=", "res.partner"])
    rules = call(
        "ir.rule",
        "create",
        vals_list=[
            {"name": run, "model_id": partner, "domain_force": domain, "groups": [(4, group)]}
            for domain, group in (
                (rule([]), groups["group_user"]),
                ("[(1, '=', 1)]", groups["group_system"]),
            )
        ],
    )
    (group,) = call("res.groups", "create", vals_list=[{"name": run}])
    resources = {
        name: find("graphql_api.resource", ["type_name", "=", name])
        for name in ("Customer", "CustomerTag")
    }
    call("graphql_api.resource", "write", ids=list(resources.values()), vals={"is_tracked": True})
    (policy,) = call("graphql_api.policy", "create", vals_list=[{"name": run}])
    shown = '[["city", "=", "Ghent"]]'
    rights = call(
        "graphql_api.policy.right",
        "create",
        vals_list=[
            {"policy_id": policy, "resource_id": resources["Customer"], "record_filter": shown},
            {"policy_id": policy, "resource_id": resources["CustomerTag"]},
        ],
    )
    with administrator.setting(sign_in="1", sign_in_policy=str(policy)):
        signed_in = requests.post(
            f"{cluster.servers[0].url}/api/auth/token",
            json={"login": "demo", "password": "demo"},
            timeout=60,
        )
        assert signed_in.ok, signed_in.text
        yield {
            "run": run,
            "keys": {
                "all": admin_key,
                "rule": api_key.new(cluster.environment, DATABASE, "demo"),
                "policy": signed_in.json()["data"]["access_token"],
            },
            "writers": Writers(cluster, admin_key, run, rules[0], rights[0], group),
        }
    call("ir.rule", "unlink", ids=rules)
    call("res.groups", "unlink", ids=[group])


def test_copies_of_followers_are_what_a_search_finds(cluster, everything):
    run, keys = everything["run"], everything["keys"]
    customers = {"ref": {"starts_with": run}}
    tags = {"name": {"starts_with": run}}
    verify = str(cluster.nginx.certificate)
    fields = "id,name,city,function,tags.name"

    def follower(caller: str, collection: str, fields: str, condition: dict) -> Follower:
        secret = () if caller == "all" else ("secret",)
        return Follower(
            cluster.nginx.url, keys[caller], collection, fields, condition, verify, secret
        )

    followers = {
        **{caller: follower(caller, "customers", fields, customers) for caller in keys},
        "tags": follower("all", "customer-tags", "id,name,color,parent.name", tags),
    }
    (before,) = execute(cluster.primary, "SELECT count(*) FROM graphql_api_change_log")[0]
    writers = everything["writers"]
    stopping = threading.Event()

    def follow(one: Follower) -> None:
        while not stopping.wait(0.1):
            one.follow()

    with ThreadPoolExecutor(16) as pool:
        following = [pool.submit(follow, one) for one in followers.values()]
        try:
            writing = [pool.submit(job) for job in writers.jobs()]
            time.sleep(6)
            with replay_paused(cluster.replica):
                time.sleep(3)
            cluster.primary.stop()
            cluster.primary.start()
            cluster.rolling_restart()
            for job in writing:
                job.result(150)
        finally:
            stopping.set()
            for job in following:
                job.result(100)
    wait_for_replica(cluster)
    (after,) = execute(cluster.primary, "SELECT count(*) FROM graphql_api_change_log")[0]
    assert after - before >= _CHANGES
    for name, one in followers.items():
        one.follow()
        found, _token = one.read_all()
        one.close()
        assert one.copy == found, name
        assert found, name
        assert one.leaks == [], name
        assert one.refused == [], name
        assert one.deltas >= 5, name
    assert len(followers["all"].copy) > len(followers["rule"].copy)
