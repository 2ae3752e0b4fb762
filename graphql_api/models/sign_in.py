"""Devices that signed in: a key whose tokens are renewed (RFC 6749, section 6; RFC 9700, 4.14)."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import NamedTuple

from cryptography.fernet import Fernet, InvalidToken

from odoo import api, fields, models
from odoo.addons.base.models.res_users import KEY_CRYPT_CONTEXT
from odoo.fields import Domain
from odoo.tools import SQL

from .apikeys import REFRESH_SCOPE, SCOPE

GRACE = timedelta(seconds=30)
"""For how long a refresh can be repeated: its response may be lost on the way."""

MAX_DEVICES = 20
"""Devices of one user; a further one replaces the one that has not been used for longest."""


class Tokens(NamedTuple):
    """What a device gets: two secrets and for how many seconds each is good."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


class GraphqlApiKey(models.Model):
    """A device that signed in is one key for as long as it renews its tokens.

    Both tokens are API keys of Odoo. ``apikey_id`` is the refresh token's row, so that the key
    ends with it; the access token's row is another, and the only one that requests are served
    for. All refresh tokens of a device begin with the secret name of their family. A token of the
    family that is not the last one has been used before, by the device or by somebody else: it
    ends the family. The last but one may be sent again for some seconds, and gets the same tokens.
    """

    _inherit = "graphql_api.key"

    access_apikey_id = fields.Many2one(
        "res.users.apikeys", readonly=True, index="btree_not_null", groups=fields.NO_ACCESS
    )
    token_family = fields.Char(readonly=True, groups=fields.NO_ACCESS, help="Its digest.")
    session_token = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Odoo's session token; it changes with the password or the second factor.",
    )
    refresh_answer = fields.Text(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="The tokens of the last refresh, encrypted with the refresh token that it took.",
    )
    signed_in = fields.Boolean(
        compute="_compute_signed_in",
        store=True,
        help="Made when an app signed in with login and password; the app renews it by itself.",
    )

    _token_family_unique = models.Constraint(
        "UNIQUE(token_family)", "The device has signed in already."
    )

    def init(self):
        self._reference_apikeys("access_apikey_id", "SET NULL")
        return super().init()

    @api.depends("token_family")
    def _compute_signed_in(self):
        for key in self:
            key.signed_in = bool(key.token_family)

    @api.model
    def _get_sign_in_policy(self):
        """Return the policy of those who sign in, none while nobody may."""
        settings = self.env["graphql_api.settings"]._get_settings()
        policies = self.env["graphql_api.policy"].sudo()
        if not settings.sign_in:
            return policies
        return policies.browse(settings.sign_in_policy).exists().filtered("active")

    @api.model
    def _sign_in(self, user, device: str) -> Tokens:
        """Return the tokens of a device of a user, who has proved to be the one."""
        family = secrets.token_hex(16)
        values, tokens = self._generate_tokens(user, device, family)
        values |= {
            "name": device,
            "user_id": user.id,
            "token_family": _digest(family),
            "session_token": user._compute_session_token(_digest(family)),
        }
        key = self.sudo().create(values)
        key._make_room()
        return tokens

    def _make_room(self):
        """Sign out what the user has beyond :data:`MAX_DEVICES`, never this device."""
        others = self.search(
            [
                ("user_id", "=", self.user_id.id),
                ("signed_in", "=", True),
                ("id", "!=", self.id),
            ]
        )
        others = others.sorted(lambda key: key.last_used or key.create_date, reverse=True)
        others[MAX_DEVICES - 1 :].unlink()

    @api.model
    def _refresh(self, refresh_token: str) -> Tokens | None:
        """Return new tokens for the last refresh token of a family; the old ones end.

        Within :data:`GRACE` the token that was replaced gets the same again.

        None for any other token: one that was used before, or of a user who has been archived or
        has another password, ends its family. The caller has to commit that.
        """
        key = self._find_sign_in(refresh_token)
        family, _dot, secret = refresh_token.partition(".")
        is_last = key._is_last_token(secret)
        answered = None if is_last else key._decrypt_answer(refresh_token)
        user = key.user_id
        if (
            not (is_last or answered)
            or not user.active
            or not user._graphql_api_is_session(key.token_family, key.session_token)
        ):
            key.unlink()
            return None
        if answered:
            return answered
        replaced = key._get_apikeys()
        values, tokens = self._generate_tokens(user, key.name, family)
        answer = Fernet(_answer_key(refresh_token)).encrypt(json.dumps(tokens).encode())
        # Of several requests with one token the database lets one write; the others are tried
        # again and find the answer.
        key.write(values | {"refresh_answer": answer.decode()})
        key.flush_recordset()
        replaced._remove()
        return tokens

    def _decrypt_answer(self, refresh_token: str) -> Tokens | None:
        """Return what the token got at the last refresh; None for another token, or too late."""
        answer = self.refresh_answer
        if not answer:
            return None
        try:
            text = Fernet(_answer_key(refresh_token)).decrypt(answer, int(GRACE.total_seconds()))
        except InvalidToken:
            return None
        return Tokens(*json.loads(text))

    @api.autovacuum
    def _gc_refresh_answers(self):
        """Remove answers that nobody can have again."""
        old = fields.Datetime.now() - GRACE
        self.sudo().search(
            [("refresh_answer", "!=", False), ("write_date", "<", old)]
        ).refresh_answer = False

    @api.model
    def _find_sign_in(self, refresh_token: str):
        """Return the key of the family that a refresh token belongs to, as the superuser."""
        family = refresh_token.partition(".")[0]
        return self.sudo().search([("token_family", "=", _digest(family))])

    @api.model
    def _find_signed_in(self, apikey_id: int):
        """Return the key of a device by its row of Odoo's, as the superuser; none for others."""
        return self.sudo().search([("apikey_id", "=", apikey_id), ("signed_in", "=", True)])

    def _is_last_token(self, secret: str) -> bool:
        if not self:
            return False
        ((stored_hash, is_valid),) = self.env.execute_query(
            SQL(
                "SELECT key, expiration_date >= now() at time zone 'utc' FROM %s WHERE id = %s",
                SQL.identifier(self.env["res.users.apikeys"]._table),
                self.apikey_id.id,
            )
        )
        return is_valid and KEY_CRYPT_CONTEXT.verify(secret, stored_hash)

    @api.model
    def _generate_tokens(self, user, device: str, family: str) -> tuple[dict, Tokens]:
        """Return new tokens and the values of the key that belong to them."""
        settings = self.env["graphql_api.settings"]._get_settings()
        lifetime = timedelta(minutes=settings.sign_in_minutes)
        refresh_lifetime = timedelta(days=settings.sign_in_days)
        now = fields.Datetime.now()
        access, access_id = self._generate_apikey(user, SCOPE, device, now + lifetime)
        refresh, refresh_id = self._generate_apikey(
            user, REFRESH_SCOPE, device, now + refresh_lifetime
        )
        values = {
            "apikey_id": refresh_id,
            "access_apikey_id": access_id,
            "expiration_date": now + refresh_lifetime,
            "policy_id": self._get_sign_in_policy().id,
        }
        tokens = Tokens(
            access,
            int(lifetime.total_seconds()),
            f"{family}.{refresh}",
            int(refresh_lifetime.total_seconds()),
        )
        return values, tokens

    def _get_apikeys(self):
        return super()._get_apikeys() | self.access_apikey_id

    @api.model
    def _get_domain_to_warn(self) -> Domain:
        return super()._get_domain_to_warn() & Domain("signed_in", "=", False)


def _digest(family: str) -> str:
    return hashlib.sha256(family.encode()).hexdigest()


def _answer_key(refresh_token: str) -> bytes:
    """Return a key that nobody has without the token, which is stored as a hash alone."""
    key = hmac.digest(refresh_token.encode(), b"graphql_api.refresh_answer", "sha256")
    return base64.urlsafe_b64encode(key)
