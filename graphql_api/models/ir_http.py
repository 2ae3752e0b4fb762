import logging
import re

import psycopg2
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized, abort

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request
from odoo.tools import SQL

from ..http import rate_limit, replica
from ..http.cors import SAFE_METHODS, is_preflight, preflight_response
from ..http.dispatcher import ApiDispatcher, check_rate_limit
from ..http.responses import (
    GRAPHIQL_PATH,
    GRAPHQL_PATH,
    INDEX_PAGE_PATH,
    INDEX_PATH,
    prefers_page,
)
from ..schema.exposure.log_lines import COLOURED_INDENTATION, INDENTATION
from ..schema.exposure.policy import EVERYTHING, Caller, is_within
from ..schema.exposure.timings import timed

_PAGES = {GRAPHQL_PATH: GRAPHIQL_PATH, INDEX_PATH: INDEX_PAGE_PATH}
"""Addresses at which browsers get a page and programs do not, and the route of the page."""


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def _register_hook(self):
        """Indent what Odoo logs of values and paths that clients send."""
        logging.getLogger("odoo.sql_db").addFilter(INDENTATION)
        logging.getLogger("werkzeug").addFilter(COLOURED_INDENTATION)
        return super()._register_hook()

    def _generate_routing_rules(self, modules, converters):
        """Leave out the routes that are for the time without a database."""
        for url, endpoint in super()._generate_routing_rules(modules, converters):
            if not endpoint.routing.get("without_database"):
                yield url, endpoint

    @classmethod
    def _match(cls, path_info):
        if path_info == "/api" or path_info.startswith("/api/"):
            # Also what matches no route below /api needs a response in the contract's shape.
            request.dispatcher = ApiDispatcher(request)
            settings = request.dispatcher.settings
            if is_preflight(request.httprequest) and cls._graphql_api_serves(path_info):
                # Before the authentication: browsers send no key with it.
                request.session.can_save = False
                abort(preflight_response(request.httprequest, settings.origins))
            if path_info in _PAGES and settings.graphiql and prefers_page(request.httprequest):
                path_info = _PAGES[path_info]
        return super()._match(path_info)

    @classmethod
    def _graphql_api_serves(cls, path_info: str) -> bool:
        """Tell whether a preflight is about a route of this API, or about none.

        Other addons may have routes below /api, which handle their preflights themselves.
        """
        routing_map = request.env["ir.http"].routing_map()
        adapter = routing_map.bind_to_environ(request.httprequest.environ)
        try:
            # Every route takes OPTIONS (odoo/addons/base/models/ir_http.py, ``routing_map``).
            rule, _args = adapter.match(path_info=path_info, method="OPTIONS", return_rule=True)
        except NotFound:
            return True
        endpoint = rule.endpoint
        return endpoint.routing["type"] == ApiDispatcher.routing_type or (
            endpoint.func.__module__.startswith("odoo.addons.graphql_api.")
        )

    @classmethod
    def _authenticate_explicit(cls, auth):
        """Report a failure of the database as what it is: for a wrong key a phone would sign out.

        Odoo makes AccessDenied of it. Its own exception is for Odoo's ``retrying``, and for the
        response: the service is unavailable.
        """
        try:
            return super()._authenticate_explicit(auth)
        except AccessDenied as denied:
            cause = denied.__context__
            # PoolError is one of them, too.
            if isinstance(request.dispatcher, ApiDispatcher) and isinstance(cause, psycopg2.Error):
                raise cause from None
            raise

    @classmethod
    def _auth_method_graphql_api_sign_in(cls):
        """Take everybody; unlike a route for nobody, one to sign in needs a database."""
        cls._auth_method_none()

    @classmethod
    def _auth_method_graphql_api_metrics(cls):
        """Take keys whose policy says so, and everybody in the networks of the settings.

        :raise Unauthorized, Forbidden, TooManyRequests: as for all routes; Forbidden also for
            who may not read metrics
        """
        settings = request.env["graphql_api.settings"]._get_settings()
        if is_within(request.httprequest.remote_addr, settings.metrics_networks):
            cls._auth_method_none()
            return
        cls._auth_method_graphql_api()
        if not request.dispatcher.caller.policy.read_metrics:
            raise Forbidden("The policy of this key does not allow reading metrics.")

    @classmethod
    def _auth_method_graphql_api(cls):
        """Take any Odoo API key, or the session of a page of this very server.

        :raise Unauthorized: whatever is wrong with the key; of other exceptions Odoo keeps
            only that access was denied
        :raise Forbidden: a key that is not for use from this network
        :raise TooManyRequests: too many requests of a caller, or wrong keys from an address
        """
        header = request.httprequest.headers.get("Authorization")
        if header is not None:
            # Routes of other addons may ask for this authentication with Odoo's dispatchers.
            timings = getattr(request.dispatcher, "timings", {})
            with timed(timings, "auth"):
                address = request.httprequest.remote_addr
                caller = cls._graphql_api_key_caller(request.env, header, address)
            request.session.can_save = False
        elif request.session.uid and cls._graphql_api_is_same_origin():
            caller = cls._graphql_api_session_caller(request.env, request.session.uid)
        else:
            raise Unauthorized("Send an API key: Authorization: Bearer <key>.")
        request.update_env(user=caller.uid, context={})
        if isinstance(request.dispatcher, ApiDispatcher):
            request.dispatcher.admit(caller)
        elif caller.policy.rights != EVERYTHING or caller.policy.filters or caller.policy.values:
            raise Unauthorized("This key works only for the API.")

    @classmethod
    def _graphql_api_session_caller(cls, env, uid: int) -> Caller:
        """Return the caller behind a session, which was checked."""
        # The time of statements; that of a key is set by the statement that reads the key.
        set_timeout = env["res.users.apikeys"]._graphql_api_set_timeout()
        env.execute_query(SQL("SELECT %s", set_timeout))
        return Caller(uid, None, env["graphql_api.policy"]._get_policy(None))

    @classmethod
    def _graphql_api_key_caller(cls, env, header: str, address: str | None) -> Caller:
        """Return the caller behind an ``Authorization`` header.

        :param address: the IP address that it comes from
        :raise Unauthorized, Forbidden, TooManyRequests: as for all routes
        """
        match = re.fullmatch(r"bearer\s+(\S+)", header.strip(), re.IGNORECASE)
        if not match:
            raise Unauthorized("The Authorization header must be: Bearer <key>.")
        caller = cls._graphql_api_find_caller(env, match[1])
        if caller is None:
            cls._graphql_api_count_wrong_key(env.cr.dbname, address)
            raise Unauthorized("The API key is unknown, expired or revoked.")
        if caller.policy.id is None and not env["graphql_api.settings"]._get_settings().plain_keys:
            raise Unauthorized(
                "This API does not accept Odoo's own API keys. Use a key that is made for this API."
            )
        if not caller.policy.admits(address):
            raise Forbidden("This API key is not allowed from your network.")
        if caller.policy.problem:
            raise Forbidden(
                "The policy of this API key has an error that your administrator must correct."
            )
        return caller

    @classmethod
    def _graphql_api_find_caller(cls, env, key: str) -> Caller | None:
        """Return whose key it is, as the primary has it: a replica may not know yet of an end."""
        keys = env["res.users.apikeys"]
        if not (replica.has_replica() and env.cr.readonly):
            return keys._graphql_api_caller(key)
        try:
            with env.registry.cursor() as cursor:
                caller = keys.with_env(keys.env(cr=cursor))._graphql_api_caller(key)
        except psycopg2.OperationalError:
            # While there is no primary, nothing can be revoked either.
            return keys._graphql_api_caller(key)
        if caller is not None:
            seconds = SQL("%s", caller.policy.limits.max_seconds)
            env.execute_query(SQL("SELECT %s", keys._graphql_api_set_timeout(seconds)))
        return caller

    @classmethod
    def _graphql_api_count_wrong_key(cls, database: str, address: str | None) -> None:
        # Right keys from the same address are served all the same: many share one.
        name = rate_limit.address_name(address)
        status = rate_limit.count(database, name, rate_limit.MAX_WRONG_KEYS)
        if status is not None:
            check_rate_limit(status, "Your address has sent too many wrong API keys.")

    @classmethod
    def _graphql_api_is_same_origin(cls) -> bool:
        """Tell whether a browser vouches that the request comes from a page of this server.

        Browsers send ``Sec-Fetch-Site`` with every request and no script can set it. A user
        who types an address ("none") is no other site either, but must not change anything.
        """
        site = request.httprequest.headers.get("Sec-Fetch-Site")
        if site == "none":
            return request.httprequest.method in SAFE_METHODS
        return site == "same-origin"
