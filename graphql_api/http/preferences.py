"""Language, companies and time zone of a request, from its headers."""

import pytz

from ..schema.exposure.errors import ApiError


def preferences(request) -> dict:
    """Return the context keys that the request's headers ask for.

    :raise ApiError: BAD_USER_INPUT for a malformed header, FORBIDDEN for a company that is
        not one of the user's
    """
    headers = request.httprequest.headers
    # The user's own, which Odoo remembers: reading them from the user takes two queries.
    own = request.env["res.users"].context_get()
    context = {
        "lang": _language(request.env, request.httprequest.accept_languages) or own.get("lang"),
        "tz": _time_zone(headers.get("X-Timezone")) or own.get("tz"),
    }
    companies = headers.get("X-Odoo-Companies")
    if companies is not None:
        context["allowed_company_ids"] = _companies(request.env.user, companies)
    return context


def _language(env, accepted) -> str | None:
    """Return the installed language that suits best, None where none does (RFC 9110, 12.5.4)."""
    installed = [code for code, _name in env["res.lang"].get_installed()]
    for tag, quality in accepted:
        if not quality:
            continue
        code = tag.replace("-", "_").lower()
        for candidate in installed:
            if candidate.lower() == code:
                return candidate
        for candidate in installed:
            if candidate.lower().split("_")[0] == code.split("_")[0]:
                return candidate
    return None


def _time_zone(name: str | None) -> str | None:
    if name is not None and name not in pytz.all_timezones_set:
        raise ApiError(
            "BAD_USER_INPUT",
            "X-Timezone must be a name of the tz database, like Europe/Brussels.",
            argument="X-Timezone",
        )
    return name


def _companies(user, header: str) -> list[int]:
    parts = [part.strip() for part in header.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ApiError(
            "BAD_USER_INPUT",
            "X-Odoo-Companies must be a list of ids, like 1,3.",
            argument="X-Odoo-Companies",
        )
    ids = [int(part) for part in parts]
    if not set(ids) <= set(user._get_company_ids()):
        own = ", ".join(map(str, user._get_company_ids()))
        raise ApiError(
            "FORBIDDEN", f"X-Odoo-Companies names a company that is not yours. Yours: {own}."
        )
    return ids
