"""Execution by columns beside graphql-core's own, on a schema in which much goes wrong."""

import datetime
import re

import orjson
import strawberry
from strawberry.permission import BasePermission

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from ...schema.execution.columnar import ColumnarExecutor, TransactionalExecutor
from ...schema.execution.executor import Request, execute
from ...schema.exposure.errors import ApiError
from ...schema.extension import batch_field, resource_type
from .access import AccessCase

NOT_THIS_ONE = "Not this one."

FORMER_NAMES = {
    "Customer": ("ref", "type", "country_id", "child_ids", "image_1920"),
    "SaleOrder": ("state", "partner_id", "order_line"),
}
"""Type -> Odoo fields that have a former name, too."""


class OddOnes(BasePermission):
    message = NOT_THIS_ONE

    def has_permission(self, source, info, **kwargs):
        return source.id % 2 == 1


@strawberry.type
class Resolvers:
    """Fields of an addon on Customer, which fail in all the ways that there are."""

    @strawberry.field
    def greeting(self) -> str:
        return f"Hello {self.name}"

    @strawberry.field
    def refused(self) -> str | None:
        raise ApiError("CONFLICT", f"Not {self.id}.")

    @strawberry.field
    def sometimes_refused(self) -> str:
        if self.id % 3 == 0:
            raise ValidationError(NOT_THIS_ONE)
        return "ok"

    @strawberry.field
    def sometimes_null(self) -> int:
        return None if self.id % 4 == 0 else self.id

    @strawberry.field
    def numbers(self) -> list[int]:
        return [self.id, "nonsense" if self.id % 5 == 0 else 2]


Customer = resource_type("Customer")


@strawberry.input
class Factor:
    number: int = 2


@strawberry.type
class Place:
    street: str | None
    partner: strawberry.Private[object]

    @strawberry.field
    def owner(self) -> Customer | None:
        return self.partner


@strawberry.type
class Batches:
    """Fields that are resolved for many records at once, which fail in all the ways that there are.

    What is refused for some is refused by their ids: it does not depend on who is asked for first.
    """

    @batch_field
    def turnover(records, info: strawberry.Info, factor: Factor | None = None) -> list[float]:
        number = factor.number if factor else 1
        return [record.id * number for record in records]

    @batch_field
    def days(records, info: strawberry.Info) -> list[list[datetime.date | None] | None]:
        return [[record.create_date.date(), None] if record.id % 3 else None for record in records]

    @batch_field
    def refused_for_all(records, info: strawberry.Info) -> list[str | None]:
        raise ApiError("CONFLICT", "Not these.")

    @batch_field
    def refused_for_some(records, info: strawberry.Info) -> list[str]:
        refused = ApiError("CONFLICT", NOT_THIS_ONE)
        return [refused if record.id % 3 == 0 else "ok" for record in records]

    @batch_field
    def too_few(records, info: strawberry.Info) -> list[str | None]:
        return []

    @batch_field
    def places(records, info: strawberry.Info) -> list[list[Place]]:
        return [[Place(street=record.street or None, partner=record)] for record in records]

    @batch_field
    def leader(records, info: strawberry.Info) -> list[Customer | None]:
        return [record.sudo().commercial_partner_id for record in records]

    @batch_field
    def guardian(records, info: strawberry.Info) -> list[Customer]:
        return [record.sudo().parent_id for record in records]

    @batch_field
    def namesakes(records, info: strawberry.Info) -> list[list[Customer]]:
        refused = ApiError("CONFLICT", NOT_THIS_ONE)
        found = records.sudo().search([], limit=7)
        return [refused if record.id % 3 == 0 else found - record for record in records]

    @batch_field(permission_classes=[OddOnes])
    def for_odd_ones(records, info: strawberry.Info) -> list[str | None]:
        return [f"I am {record.id}" for record in records]


class ExecutorCase(AccessCase):
    """A schema with fields that fail, and queries that both executors have to answer alike."""

    login = "demo"

    def setUp(self):
        super().setUp()
        self.extend_schema(lambda parts: parts.fields["Customer"].extend([Resolvers, Batches]))
        for type_name, names in FORMER_NAMES.items():
            for line in self.lines(type_name, *names):
                line.former_names = f"former_{line.rest_name}"
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.forbid_fields("res.partner", "ref", "child_ids", "country_id")
        self.forbid_fields("sale.order", "client_order_ref")
        orders = self.env["sale.order"].search([], limit=6)
        self.hide(orders[1].partner_id, orders[2], self.env.ref("base.us"))
        # What goes wrong in the resolvers is logged with a traceback.
        self.quiet_log = mute_logger("odoo.addons.graphql_api.schema.exposure.errors")
        self.ids = self.env["res.partner"].search([], limit=8).ids

    def answer(self, query, variables, executor_class):
        """Return what the user gets, as it is sent; caches hold nothing from before."""
        self.env.invalidate_all()
        env = self.env(user=self.user(self.login), su=False, context={"lang": "en_US"})
        context = self.schema.context(env)
        with self.quiet_log:
            result = execute(self.schema, context, Request(query, variables), executor_class)
        causes = [f"{type(cause).__name__}: {cause}" for cause in result.causes]
        text = orjson.dumps([result.data, result.errors, causes]).decode()
        return re.sub(r"in the log as [0-9a-f]{12}", "in the log", text)

    def check(self, query, variables=None):
        """Compare what the executors give; return its data and errors."""
        stock = self.answer(query, variables, TransactionalExecutor)
        columnar = self.answer(query, variables, ColumnarExecutor)
        self.assertEqual(orjson.loads(columnar), orjson.loads(stock), query)
        self.assertEqual(columnar, stock, "the same order of keys and errors")
        return orjson.loads(stock)[:2]
