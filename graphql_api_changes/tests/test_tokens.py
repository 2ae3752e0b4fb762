"""Tokens: whose they are, and when they ask for a new copy."""

import base64

from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.graphql_api_changes.schema.rights_stamp import rights_stamp
from odoo.addons.graphql_api_changes.schema.tokens import MAX_LENGTH, make_token, read_token

from .cases.committed import CommittedCase


@tagged("post_install", "-at_install")
class TestTokens(CommittedCase):
    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            self.everybody = env.ref("base.group_user").id
            self.banks = env["ir.model"]._get_id("res.bank")
            self.contacts = env["ir.model"]._get_id("res.partner")
            self.customer = env.ref("graphql_api.customer").id
        (self.group,) = self.keep("res.groups", {"name": "Birds"})
        (self.user,) = self.keep(
            "res.users",
            {"name": "Zilver", "login": "zilver", "group_ids": [(6, 0, [self.everybody])]},
        )

    def test_what_is_no_token_is_refused(self):
        token = self.token("Customer")
        payload = base64.urlsafe_b64decode(token + "==")
        forged = base64.urlsafe_b64encode(payload[:-3] + b'0"]').decode().rstrip("=")
        texts = [
            "",
            "x",
            "é",
            token[:-4],
            token[4:],
            forged,
            "A" * (MAX_LENGTH + 1),
            "\0",
            token * 2,
        ]
        for text in texts:
            with self.subTest(text=text[:20]), self.assertApiError("BAD_USER_INPUT"):
                self.changes("Customer", text)

    def test_a_token_is_for_one_list_of_one_user(self):
        token = self.token("Customer", filter_value={"name": {"eq": "Auk"}})
        with self.assertApiError("BAD_USER_INPUT"):
            self.changes("Customer", token)
        with self.assertApiError("BAD_USER_INPUT"):
            self.changes("Country", self.token("Customer"))
        with self.assertApiError("BAD_USER_INPUT"):
            self.changes("Customer", self.token("Customer"), "zilver")
        with self.assertApiError("BAD_USER_INPUT"):
            self.changes("Customer", self.token("Customer", archived=True))
        with self.transaction("admin") as env:
            context, resource = self.find_resource(env, "Customer")
            # The order of the keys of an object means nothing.
            token = make_token(context, resource, filter_value={"a": 1, "b": [1, 2]})
            read_token(context, resource, token, filter_value={"b": [1, 2], "a": 1})

    def test_the_token_does_not_show_the_filter(self):
        token = self.token("Customer", filter_value={"name": {"eq": "Nightingale"}})
        self.assertNotIn(b"Nightingale", base64.urlsafe_b64decode(token + "=="))

    def test_a_change_of_rights_asks_for_a_new_copy(self):
        rule = {
            "name": "Birds",
            "model_id": self.contacts,
            "domain_force": "[('name', '!=', 'Auk')]",
            "groups": [(4, self.everybody)],
        }
        other = {**rule, "model_id": self.banks}
        cases = {
            "a group of the user": lambda: self.changed(
                "res.users", [self.user], {"group_ids": [(4, self.group)]}
            ),
            "the resource's domain": lambda: self.changed(
                "graphql_api.resource", [self.customer], {"domain": "[('name', '!=', 'Auk')]"}
            ),
        }
        for name, change in cases.items():
            token = self.token("Customer", "zilver")
            self.assertEqual(self.changes("Customer", token, "zilver"), [])
            with self.subTest(change=name), change(), self.assertApiError("RESYNC_REQUIRED"):
                self.changes("Customer", token, "zilver")
        token = self.token("Customer", "zilver")
        self.keep("ir.rule", other)
        self.assertEqual(self.changes("Customer", token, "zilver"), [])
        self.keep("ir.rule", rule)
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Customer", token, "zilver")
        token = self.token("Customer", "zilver")
        self.keep(
            "ir.model.access",
            {
                "name": "Birds",
                "model_id": self.contacts,
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            },
        )
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Customer", token, "zilver")

    def test_other_companies_and_languages_are_other_copies(self):
        with self.transaction("admin", commit=False) as env:
            env["res.lang"].sudo()._activate_lang("nl_BE")
            own = env.company
            other = env["res.company"].create({"name": "Aviary"})
            env.user.company_ids = [(4, other.id)]
            base = {"allowed_company_ids": own.ids, "lang": "en_US"}
            token = make_token(*self.find_resource(env(context=base), "Customer"))
            read_token(*self.find_resource(env(context=base), "Customer"), token)
            for values in ({"lang": "nl_BE"}, {"allowed_company_ids": [own.id, other.id]}):
                context, resource = self.find_resource(env(context=base | values), "Customer")
                with self.subTest(values), self.assertApiError("RESYNC_REQUIRED"):
                    read_token(context, resource, token)

    def test_a_domain_with_a_date_is_one_of_that_day(self):
        domain = Domain("create_date", ">=", "today")
        token = self.token("Customer", domain=domain)
        self.assertEqual(self.changes("Customer", token, domain=domain), [])
        with self.assertApiError("RESYNC_REQUIRED"):
            self.changes("Customer", token, domain=Domain("create_date", ">=", "today -1d"))

    def test_the_stamp_is_the_same_in_each_process(self):
        """As far as one process can tell: nothing in it depends on the order of sets."""
        with self.transaction("admin") as env:
            first = rights_stamp(self.find_resource(env, "Customer")[0])
            env.registry.clear_all_caches()
            self.assertEqual(rights_stamp(self.find_resource(env, "Customer")[0]), first)
