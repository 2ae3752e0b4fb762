"""Transactions of a caller after that of its request: for responses that are streamed.

Odoo closes the cursor of a request before the body is sent (odoo/http.py). What a stream reads or
writes then is one short transaction after the other, and each begins with the question who asks: a
key that was revoked, or a right that was taken away, ends the stream.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import NamedTuple, TypeVar

from werkzeug.exceptions import Unauthorized

from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.service.security import check_session
from odoo.sql_db import BaseCursor

from ..schema.access.context import Context
from ..schema.execution.built_schema import BuiltSchema

T = TypeVar("T")


class Served(NamedTuple):
    """The schema of a caller, and the context of one transaction of it."""

    schema: BuiltSchema
    context: Context


class CallerTransactions:
    """Opens transactions of the caller of a request, who is checked in each.

    They have the language, the companies and the time zone of the request. Those that read run on
    the replica if that of the request does, else on the primary: none sees an earlier state.

    :param request: Odoo's, of a caller who is known
    """

    def __init__(self, request):
        self._database: str = request.db
        self._header: str | None = request.httprequest.headers.get("Authorization")
        self._session = request.session
        self._address: str | None = request.httprequest.remote_addr
        self._context = dict(request.env.context)
        self._readonly: bool = request.env.cr.readonly

    @contextmanager
    def read_only(self) -> Iterator[Served]:
        """Open a transaction that keeps nothing.

        :raise Unauthorized, Forbidden, TooManyRequests: the caller is not served any more
        """
        registry = Registry(self._database)
        with closing(registry.cursor(readonly=self._readonly)) as cursor:
            registry.check_signaling(cursor)
            yield self._serve(cursor)

    def committed(self, function: Callable[[Served], T]) -> T:
        """Call a function in a transaction that is committed then; return what it returns.

        As for a request, Odoo calls it again where another transaction was in the way.

        :raise Unauthorized, Forbidden, TooManyRequests: the caller is not served any more
        """
        registry = Registry(self._database)
        with closing(registry.cursor()) as cursor:
            registry.check_signaling(cursor)
            environment = api.Environment(cursor, None, {})
            return retrying(partial(self._call, function, cursor), environment)

    def _call(self, function: Callable[[Served], T], cursor: BaseCursor) -> T:
        return function(self._serve(cursor))

    def _serve(self, cursor: BaseCursor) -> Served:
        env = api.Environment(cursor, None, {})
        http = env["ir.http"]
        if self._header is not None:
            caller = http._graphql_api_key_caller(env, self._header, self._address)
        elif check_session(self._session, env):
            caller = http._graphql_api_session_caller(env, self._session.uid)
        else:
            raise Unauthorized("The session has ended.")
        env = env(user=caller.uid, context=self._context)
        schema = env["graphql_api.schema"]._get_schema(caller.policy.rights)
        return Served(schema, schema.context(env, {}, caller.policy))
