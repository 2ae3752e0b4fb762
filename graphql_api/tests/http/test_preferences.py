"""Language, companies and time zone of a request, from its headers."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..cases.api import ApiCase


class PreferencesCase(ApiCase):
    login = "clerk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            groups="base.group_user,base.group_partner_manager",
            lang="nl_NL",
            tz="Asia/Tokyo",
        )


@tagged("post_install", "-at_install")
class TestLanguage(PreferencesCase):
    """``Accept-Language`` chooses among the installed languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.country = cls.env["res.country"].create({"name": "Freedonia", "code": "F1"})
        cls.country.with_context(lang="fr_FR").name = "Libertonie"
        cls.country.with_context(lang="nl_NL").name = "Vrijland"

    def answer(self, accept=None):
        """Return the country's name and the language that the answer reports."""
        headers = {} if accept is None else {"Accept-Language": accept}
        data = self.graphql(
            "query ($id: ID!) { country(id: $id) { name } me { lang } }",
            {"id": self.country.id},
            headers=headers,
        )
        body = self.rest(f"/api/countries/{self.country.id}?fields=name", headers=headers)
        self.assertEqual(body["data"], data["country"])
        return data["country"]["name"], data["me"]["lang"]

    def test_installed(self):
        for accept, name, code in (
            ("fr", "Libertonie", "fr_FR"),
            ("fr-FR", "Libertonie", "fr_FR"),
            ("FR-fr", "Libertonie", "fr_FR"),
            ("fr_FR", "Libertonie", "fr_FR"),
            ("fr-CA", "Libertonie", "fr_FR"),
            ("en", "Freedonia", "en_US"),
            ("en-US,en;q=0.5", "Freedonia", "en_US"),
            ("nl, fr;q=0.9", "Vrijland", "nl_NL"),
            ("nl;q=0.3, fr;q=0.9", "Libertonie", "fr_FR"),
            ("de, fr;q=0.4, nl;q=0.2", "Libertonie", "fr_FR"),
            ("fr;q=0, en;q=0.1", "Freedonia", "en_US"),
            ("fr  ", "Libertonie", "fr_FR"),
        ):
            with self.subTest(accept):
                self.assertEqual(self.answer(accept), (name, code))

    def test_users_own(self):
        """Without a header, or with one that suits nothing, it is the user's own."""
        for accept in (None, "de", "de-DE,it;q=0.8", "*", "xx", "", "fr;q=0"):
            with self.subTest(accept):
                self.assertEqual(self.answer(accept), ("Vrijland", "nl_NL"))

    def test_malformed(self):
        """Nonsense in the header is no reason to refuse a request."""
        for accept in (";;;", "fr;q=abc;", ",,,", "q=1", "../../etc", "-", "_", "a" * 5000, "\xe9"):
            with self.subTest(accept[:20]):
                self.answer(accept.encode("latin-1"))

    def test_language_that_is_not_installed(self):
        """A language is not usable because Odoo knows it."""
        self.assertTrue(
            self.env["res.lang"].with_context(active_test=False).search([("code", "=", "de_DE")])
        )
        self.assertEqual(self.answer("de-DE")[1], "nl_NL")

    def test_order_and_filter(self):
        """Lists are filtered by the values that they show."""
        for accept, text, expected in (
            ("fr", "Libertonie", 1),
            ("fr", "Vrijland", 0),
            ("nl", "Vrijland", 1),
        ):
            data = self.graphql(
                "query ($name: String) { countries(filter: {name: {eq: $name}}) { totalCount } }",
                {"name": text},
                headers={"Accept-Language": accept},
            )
            self.assertEqual(data["countries"]["totalCount"], expected)


@tagged("post_install", "-at_install")
class TestCompanies(PreferencesCase):
    """``X-Odoo-Companies`` chooses among the user's companies; the first one is the current."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        cls.first, cls.second, cls.foreign = (
            companies.create({"name": f"Company {number}"}) for number in (1, 2, 3)
        )
        cls.clerk.write(
            {
                "company_ids": [Command.set((cls.first | cls.second).ids)],
                "company_id": cls.first.id,
            }
        )
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"Zpartner {number}", "company_id": company.id}
                for number, company in enumerate((cls.first, cls.second, cls.foreign), 1)
            ]
        )

    def seen(self, companies=None):
        """Return the companies that an answer reports, and the partners in it."""
        headers = {} if companies is None else {"X-Odoo-Companies": companies}
        data = self.graphql(
            """{ me { companies { id } }
              customers(filter: {name: {startsWith: "Zpartner"}}) { nodes { name } } }""",
            headers=headers,
        )
        body = self.rest(
            "/api/customers?filter[name][startsWith]=Zpartner&fields=name", headers=headers
        )
        self.assertEqual(body["data"], data["customers"]["nodes"])
        ids = {int(company["id"]) for company in data["me"]["companies"]}
        return ids, [node["name"][-1] for node in data["customers"]["nodes"]]

    def test_all_by_default(self):
        self.assertEqual(self.seen(), ({self.first.id, self.second.id}, ["1", "2"]))

    def test_choice(self):
        first, second = self.first.id, self.second.id
        for header, expected in (
            (f"{first}", ({first}, ["1"])),
            (f"{second}", ({second}, ["2"])),
            (f"{second},{first}", ({first, second}, ["1", "2"])),
            (f"{first} , {second} ", ({first, second}, ["1", "2"])),
            (f"{first},{first}", ({first}, ["1"])),
        ):
            with self.subTest(header):
                self.assertEqual(self.seen(header), expected)

    def test_value_of_a_company(self):
        """A company-dependent value is that of the first company in the list."""
        partner = self.env["res.partner"].create({"name": "Zshared"})
        for company, barcode in ((self.first, "111"), (self.second, "222")):
            partner.with_company(company).barcode = barcode
        resource = self.env["graphql_api.resource"].search([("type_name", "=", "Customer")])
        self.env["graphql_api.resource.field"].create(
            {"resource_id": resource.id, "field_name": "barcode"}
        )
        first, second = self.first.id, self.second.id
        for header, expected in (
            (None, "111"),
            (f"{first}", "111"),
            (f"{second}", "222"),
            (f"{second},{first}", "222"),
        ):
            headers = {"X-Odoo-Companies": header} if header else {}
            path = f"/api/customers/{partner.id}?fields=barcode"
            self.assertEqual(self.rest(path, headers=headers)["data"], {"barcode": expected})
            data = self.rest(
                f"/api/customers?fields=id&filter[barcode][eq]={expected}", headers=headers
            )
            self.assertEqual(data["data"], [{"id": partner.id}])

    def test_not_mine(self):
        for header in (f"{self.foreign.id}", f"{self.first.id},{self.foreign.id}", "999999999"):
            headers = {"X-Odoo-Companies": header}
            with self.subTest(header):
                body = self.rest("/api/me", headers=headers, status=403)
                self.assertEqual(body["code"], "FORBIDDEN")
                response = self.graphql_response("{ me { lang } }", headers=headers)
                self.assertEqual(response.status_code, 403)
                self.assertEqual(response.json()["errors"][0]["extensions"], {"code": "FORBIDDEN"})

    def test_archived_company(self):
        self.second.active = False
        self.rest("/api/me", headers={"X-Odoo-Companies": f"{self.second.id}"}, status=403)

    def test_malformed(self):
        first = self.first.id
        for header in (
            "",
            ",",
            f"{first},",
            f"{first};{first}",
            "one",
            "-1",
            "0x1",
            "1.0",
            "[1]",
            "9" * 30,
            "\xb2",
            f"{first} {first}",
        ):
            headers = {"X-Odoo-Companies": header.encode("latin-1")}
            with self.subTest(header):
                body = self.rest("/api/me", headers=headers, status=400)
                self.assertEqual(body["code"], "BAD_USER_INPUT")
                response = self.graphql_response("{ me { lang } }", headers=headers)
                self.assertEqual(response.status_code, 400)


@tagged("post_install", "-at_install")
class TestTimeZone(PreferencesCase):
    """``X-Timezone`` is the zone of groupings; dates and times stay in UTC."""

    def zone(self, name=None):
        headers = {} if name is None else {"X-Timezone": name}
        data = self.graphql("{ me { tz } }", headers=headers)
        self.assertEqual(self.rest("/api/me", headers=headers)["data"]["tz"], data["me"]["tz"])
        return data["me"]["tz"]

    def test_zone(self):
        self.assertEqual(self.zone(), "Asia/Tokyo")
        self.assertEqual(self.zone("Europe/Brussels"), "Europe/Brussels")
        self.assertEqual(self.zone("UTC"), "UTC")

    def test_times_stay_in_utc(self):
        partner = self.env["res.partner"].create({"name": "Zpartner"})
        moment = partner.create_date.replace(microsecond=0).isoformat() + "Z"
        for zone in ("Asia/Tokyo", "America/New_York"):
            path = f"/api/customers/{partner.id}?fields=create_date"
            data = self.rest(path, headers={"X-Timezone": zone})["data"]
            self.assertEqual(data, {"create_date": moment})

    def test_malformed(self):
        for header in ("", "Mars/Olympus", "+02:00", "../../etc/passwd", "europe/brussels", "\xe9"):
            headers = {"X-Timezone": header.encode("latin-1")}
            with self.subTest(header):
                body = self.rest("/api/me", headers=headers, status=400)
                self.assertEqual(body["code"], "BAD_USER_INPUT")
                response = self.graphql_response("{ me { tz } }", headers=headers)
                self.assertEqual(response.status_code, 400)


@tagged("post_install", "-at_install")
class TestRefusedByTheChoice(ApiCase):
    """What the chosen companies alone refuse says so; what is hidden in any case says nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"]
        cls.first, cls.second, cls.foreign = (
            companies.create({"name": f"Zcompany {number}"}) for number in (1, 2, 3)
        )
        cls.clerk = new_test_user(
            cls.env,
            "choosing_clerk",
            groups="base.group_user,base.group_partner_manager",
            company_ids=[Command.set((cls.first | cls.second).ids)],
            company_id=cls.first.id,
        )
        partners = cls.env["res.partner"]
        cls.parents = partners.create(
            [{"name": "Zparent", "company_id": company.id} for company in (cls.second, cls.foreign)]
        )
        cls.children = partners.create([{"name": f"Zchild {number}"} for number in (1, 2)])
        # As data of before the companies were kept apart.
        for child, parent in zip(cls.children, cls.parents, strict=True):
            cls.env.cr.execute(
                "UPDATE res_partner SET parent_id = %s WHERE id = %s", [parent.id, child.id]
            )
        cls.env.invalidate_all()
        cls.login = cls.clerk.login
        cls.chosen = {"X-Odoo-Companies": str(cls.first.id)}

    def assert_says(self, message: str, says: bool):
        self.assertEqual("X-Odoo-Companies" in message, says, message)

    def message(self, response) -> str:
        body = response.json()
        return (body["errors"][0] if "errors" in body else body)["message"]

    def test_hidden_at_the_other_end(self):
        for child, says in zip(self.children, (True, False), strict=True):
            for query in (
                f'{{ customer(id: "{child.id}") {{ parent {{ name }} }} }}',
                f"""{{ customersAggregate(groupBy: [{{parent: true}}],
                  filter: {{id: {{eq: "{child.id}"}}}}) {{ keys {{ parent {{ name }} }} }} }}""",
            ):
                with self.subTest(query):
                    response = self.graphql_response(query, headers=self.chosen)
                    (error,) = response.json()["errors"]
                    self.assertEqual(error["extensions"], {"code": "FORBIDDEN"})
                    self.assert_says(error["message"], says)
        # What the message says to do helps.
        query = f'{{ customer(id: "{self.children[0].id}") {{ parent {{ name }} }} }}'
        everywhere = {"X-Odoo-Companies": f"{self.first.id},{self.second.id}"}
        for headers in ({}, everywhere):
            data = self.graphql(query, headers=headers)
            self.assertEqual(data["customer"], {"parent": {"name": "Zparent"}})

    def test_missing_and_hidden_alike(self):
        """A record of the choice is missing, one of a company that is not the user's too."""
        messages = set()
        for number in (*self.parents.ids, 999_999_999):
            path = f"/api/customers/{number}"
            message = self.rest(path, headers=self.chosen, status=404)["message"]
            messages.add(message.replace(str(number), ""))
        self.assertEqual(len(messages), 1, messages)

    def test_written_into_another_company(self):
        for company, says in ((self.second, True), (self.foreign, False)):
            values = {"name": "Znew", "company": company.id}
            response = self.http("POST", "/api/customers", json=values, headers=self.chosen)
            self.assertGreaterEqual(response.status_code, 400)
            self.assert_says(response.text, says)
            query = 'mutation ($c: ID!) { createCustomer(input: {name: "Z", company: $c}) { id } }'
            response = self.graphql_response(query, {"c": str(company.id)}, headers=self.chosen)
            self.assert_says(self.message(response), says)
        self.rest("/api/customers", method="POST", json={"name": "Z"}, status=201)

    def test_refused_by_a_rule(self):
        """A rule of Odoo that the choice fails, and one that every choice fails."""
        model = self.env["ir.model"]._get("res.partner")
        partner = self.env["res.partner"].create({"name": "Zruled"})
        for domain, says in (
            (f"[] if {self.second.id} in company_ids else [('name', '!=', 'Zruled')]", True),
            ("[('name', '!=', 'Zruled')]", False),
        ):
            rule = self.env["ir.rule"].create(
                {"name": "Z", "model_id": model.id, "domain_force": domain, "perm_read": False}
            )
            with self.subTest(domain):
                body = self.rest(
                    f"/api/customers/{partner.id}",
                    method="PATCH",
                    json={"name": "Znamed"},
                    headers=self.chosen,
                    status=403,
                )
                self.assertEqual(body["code"], "FORBIDDEN")
                self.assert_says(body["message"], says)
                self.assertNotIn("Zcompany", body["message"])
            rule.unlink()

    def test_without_a_choice(self):
        query = f'{{ customer(id: "{self.children[1].id}") {{ parent {{ name }} }} }}'
        self.assert_says(self.message(self.graphql_response(query)), False)
        body = self.rest("/api/me", headers={"X-Odoo-Companies": str(self.foreign.id)}, status=403)
        self.assertIn(f"{self.first.id}", body["message"])
