"""``/api/auth``: signing in from an app, with login and password (RFC 6749's terms)."""

import re

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.exceptions import AccessDenied
from odoo.http import request

from ..http import rate_limit
from ..http.allowed_methods import unknown_route
from ..http.dispatcher import check_rate_limit
from ..http.responses import error_response, success_response
from ..models.res_users import EQUAL_WORK
from ..models.sign_in import Tokens
from ..rest.query import check_parameters
from ..schema.exposure.errors import ApiError

ROUTE = {
    "type": "graphql_api",
    "auth": "graphql_api_sign_in",
    "methods": ["POST"],
    "readonly": False,
    "save_session": False,
}

MAX_SIGN_INS = 60
"""Tries in a minute, right and wrong, that one address has: each costs an expensive hash."""

MAX_BODY_SIZE = 16 * 1024
MAX_LENGTH = {"login": 1000, "password": 4000, "totp": 20, "device": 100, "refresh_token": 200}
"""Members of the bodies -> characters that each may have."""

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What could begin a line, or colour it, in a log and wherever else a name is shown."""

NOT_STORED = ("Cache-Control", "no-store")

REFUSED = "Wrong login or password, or too many attempts. After too many attempts, wait a minute."


class AuthController(http.Controller):
    """Errors that Odoo counts or that end a sign-in are returned, so that this is committed."""

    @http.route("/api/auth/token", **ROUTE)
    def token(self):
        """Sign in a device."""
        _check_route()
        members = _read_members("login", "password", optional=("totp", "device"))
        address = rate_limit.address_name(request.httprequest.remote_addr)
        if status := rate_limit.count(request.db, f"sign-in {address}", MAX_SIGN_INS):
            check_rate_limit(status, "Too many sign-ins from your address.")
        try:
            user = _authenticate(members)
        except ApiError as error:
            return _refusal(error)
        device = members.get("device") or _user_agent() or "App"
        return _tokens_response(request.env["graphql_api.key"]._sign_in(user, device))

    @http.route("/api/auth/refresh", **ROUTE)
    def refresh(self):
        """Replace both tokens of a device."""
        _check_route()
        members = _read_members("refresh_token")
        tokens = request.env["graphql_api.key"]._refresh(members["refresh_token"])
        if tokens is None:
            error = ApiError(
                "UNAUTHENTICATED", "The refresh token is not valid any more: sign in again."
            )
            return _refusal(error)
        return _tokens_response(tokens)

    @http.route("/api/auth/revoke", **ROUTE)
    def revoke(self):
        """Sign out a device.

        A refresh token that is not good any more is no error (RFC 7009, section 2.2), and one is
        taken from any network: what it does is to end itself.
        """
        _check_route(from_anywhere=True)
        keys = request.env["graphql_api.key"]
        header = request.httprequest.headers.get("Authorization")
        if header is None:
            members = _read_members("refresh_token")
            key = keys._find_sign_in(members["refresh_token"])
        else:
            address = request.httprequest.remote_addr
            caller = request.env["ir.http"]._graphql_api_key_caller(request.env, header, address)
            key = keys._find_signed_in(caller.key_id)
            if not key:
                raise ApiError(
                    "FORBIDDEN", "This key was not made by signing in; revoke it in Odoo."
                )
        key.unlink()
        return success_response(None, headers=[NOT_STORED])


def _check_route(from_anywhere: bool = False) -> None:
    """Refuse requests before anything that was sent in their bodies is looked at.

    :param from_anywhere: also from networks where the tokens would be refused
    :raise ApiError: NOT_FOUND while nobody may sign in, FORBIDDEN from such a network
    """
    record = request.env["graphql_api.key"]._get_sign_in_policy()
    if not record:
        raise unknown_route()
    policy = request.env["graphql_api.policy"]._get_policy(record.id)
    if not (from_anywhere or policy.admits(request.httprequest.remote_addr)):
        raise ApiError("FORBIDDEN", "Signing in is not allowed from your network.")
    check_parameters(())


def _read_members(*required: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the members of the JSON object in the body.

    Nothing but JSON is read: a page of another site cannot send it without being asked first.

    :raise ApiError: what is wrong with the body
    """
    httprequest = request.httprequest
    if httprequest.mimetype != "application/json":
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", "Send JSON: Content-Type: application/json.")
    httprequest.max_content_length = MAX_BODY_SIZE
    try:
        members = request.dispatcher.api_request.json
    except RequestEntityTooLarge:
        raise ApiError("PAYLOAD_TOO_LARGE", "The body may have up to 16 KiB.") from None
    if not isinstance(members, dict):
        raise ApiError("BAD_USER_INPUT", "The body must be a JSON object.")
    problems = []
    for name in sorted({*members, *required}):
        if name not in (*required, *optional):
            problems.append({"field": name[:80], "message": "There is no such member."})
        elif members.get(name) is None and name in optional:
            continue
        elif not _is_text(members.get(name), MAX_LENGTH[name]):
            message = f"Send a text of up to {MAX_LENGTH[name]} characters."
            problems.append({"field": name, "message": message})
        elif name != "password" and _CONTROL_CHARACTERS.search(members[name]):
            message = "Send a text without line breaks and other control characters."
            problems.append({"field": name, "message": message})
    if problems:
        raise ApiError("BAD_USER_INPUT", "The body is not valid.", errors=problems)
    return members


def _is_text(value, length: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= length and "\x00" not in value


def _user_agent() -> str:
    """Return the name of a device that says none."""
    return _CONTROL_CHARACTERS.sub(" ", request.httprequest.user_agent.string)[:100].strip()


def _authenticate(members: dict[str, str]):
    """Return the user who signs in, checked in the ways of Odoo's login page.

    :raise ApiError: UNAUTHENTICATED, whichever of login and password is wrong; only who knows
        them learns more: TOTP_REQUIRED, or FORBIDDEN where there is no way to sign in here
    """
    environ = request.httprequest.environ
    credential = {"type": "password", "login": members["login"], "password": members["password"]}
    # As Session.authenticate (odoo/http.py).
    user_agent_env = {
        "interactive": True,
        "HTTP_HOST": environ["HTTP_HOST"],
        "REMOTE_ADDR": environ["REMOTE_ADDR"],
    }
    users = request.env(user=None, su=False)["res.users"].with_context(**{EQUAL_WORK: True})
    try:
        auth_info = users.authenticate(credential, user_agent_env)
    except AccessDenied:
        raise ApiError("UNAUTHENTICATED", REFUSED) from None
    user = request.env(user=auth_info["uid"], su=False)["res.users"].browse(auth_info["uid"])
    if auth_info.get("mfa") != "skip" and user._mfa_type():
        _check_second_factor(user, members.get("totp"))
    return user


def _check_second_factor(user, code: str | None) -> None:
    if user._mfa_type() != "totp":
        raise ApiError(
            "FORBIDDEN",
            "Your second factor cannot be checked here. Use an authenticator app, or an API key.",
        )
    digits = re.sub(r"\s", "", code or "")
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ApiError("TOTP_REQUIRED", "Send the 6-digit code of your authenticator app as totp.")
    try:
        # As the page of auth_totp for the code (its controllers/home.py).
        with user._assert_can_auth(user=user.id):
            user._check_credentials({"type": "totp", "token": int(digits)}, {"interactive": True})
    except AccessDenied as error:
        raise ApiError("TOTP_REQUIRED", str(error)) from None


def _refusal(error: ApiError) -> http.Response:
    request.dispatcher.log_entry.error_code = error.code
    return error_response(request.httprequest, error)


def _tokens_response(tokens: Tokens) -> http.Response:
    data = {"token_type": "Bearer", **tokens._asdict()}
    return success_response(data, headers=[NOT_STORED, ("Pragma", "no-cache")])
