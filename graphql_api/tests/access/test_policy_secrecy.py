"""What a policy leaves out changes nothing of what its keys get, whatever they ask."""

import json
from collections.abc import Iterator

from odoo.tests import tagged
from odoo.tools import SQL

from ..cases.policy_records import TYPES, DrawnPolicy, draw_policy
from ..cases.random_documents import RandomDocumentsCase

COLUMNS = {
    "Customer": {
        "name": ("name", "complete_name"),
        "ref": ("ref",),
        "email": ("email", "email_normalized"),
        "phone": ("phone",),
        "street": ("street",),
        "city": ("city",),
        "comment": ("comment",),
    },
    "SaleOrder": {
        "name": ("name",),
        "client_order_ref": ("client_order_ref",),
        "origin": ("origin",),
        "note": ("note",),
        "amount_total": ("amount_total",),
    },
    "SaleOrderLine": {
        "name": ("name",),
        "price_unit": ("price_unit",),
        "discount": ("discount",),
        "price_subtotal": ("price_subtotal",),
        "customer_lead": ("customer_lead",),
    },
    "Product": {"default_code": ("default_code",), "barcode": ("barcode",), "weight": ("weight",)},
    "ProductTemplate": {"default_code": ("default_code",), "list_price": ("list_price",)},
    "Lead": {
        "name": ("name",),
        "expected_revenue": ("expected_revenue",),
        "description": ("description",),
        "email_from": ("email_from", "email_normalized"),
    },
    "Attachment": {"name": ("name",), "description": ("description",)},
    "Message": {"subject": ("subject",), "body": ("body",)},
    "Activity": {"note": ("note",), "summary": ("summary",)},
}
"""Type name -> Odoo field -> the columns that hold it."""

NUMBERS = ("amount_total", "price_unit", "discount", "price_subtotal", "customer_lead", "weight",
           "list_price", "expected_revenue")  # fmt: skip

POLICIES = 2

STATES = (("Zaaa", 11.0), ("Zbbb", 77.0))
"""What all that is left out holds, in one state of the database and in the other."""


@tagged("generated")
class TestPolicySecrecy(RandomDocumentsCase):
    def check_policy(self, seed: int):
        drawn = draw_policy(seed)
        policy = self.policy_of(drawn)
        self.schema = self.env["graphql_api.schema"]._get_schema(
            self.env["graphql_api.policy"]._get_policy(policy.id).rights
        )
        secrets = list(self.secrets(drawn))
        documents = list(self.documents(self.schema, seed))
        paths = list(self.paths(self.schema))
        headers = self.scoped_key(policy, self.login)
        answers = []
        for state in STATES:
            self.set(secrets, *state)
            found = {json.dumps(document): self.answer(*document, policy) for document in documents}
            for path in paths:
                response = self.http("GET", path, headers=headers)
                self.assertLess(response.status_code, 500, path)
                kept = {k: v for k, v in response.headers.items() if k != "Date"}
                found[path] = f"{response.status_code} {kept} {response.text}"
            answers.append(found)
        for request, one in answers[0].items():
            if one != answers[1][request]:
                with self.subTest(drawn=drawn, request=request):
                    self.assertEqual(one, answers[1][request])
        return sum("Z" in one for one in answers[0].values()), len(answers[0])

    def secrets(self, drawn: DrawnPolicy) -> Iterator[tuple[str, str, list[int]]]:
        """Yield (table, column, ids) of what the policy leaves out."""
        for type_name, by_field in COLUMNS.items():
            model, records = self.env[TYPES[type_name]], self.own(type_name)
            outside = self.outside(drawn, type_name)
            left_out = drawn.fields.get("Product" if "Product" in type_name else type_name, ())
            for name, columns in by_field.items():
                if self.exposed_elsewhere(model._name, name, name in left_out):
                    continue
                hidden = records if name in left_out else outside
                for column in columns:
                    if hidden:
                        yield model._table, column, hidden.ids

    def outside(self, drawn: DrawnPolicy, type_name: str):
        """Return the records that the policy filters out, with what belongs to such records."""
        records = self.own(type_name)
        outside = records - self.inside(drawn, type_name, records)
        if type_name in ("Attachment", "Message", "Activity"):
            owner = "model" if type_name == "Message" else "res_model"
            for name in ("Customer", "SaleOrder"):
                model, ids = TYPES[name], self.outside(drawn, name).ids
                outside |= records.filtered_domain([(owner, "=", model), ("res_id", "in", ids)])
        return outside

    def exposed_elsewhere(self, model: str, name: str, everywhere: bool) -> bool:
        """Tell whether what Odoo computes of a field is shown, also of its own record or not."""
        shown = {
            (resource.model, field.field)
            for resource in self.schema.resources.values()
            for field in resource.fields.values()
            if field.readable
        }
        # No user and no company is among the records.
        others = {"res.users", "res.company", *([] if everywhere else [model])}
        return any(
            not field.store
            and field.name != "display_name"
            and field.model_name not in others
            and (field.model_name, field.name) in shown
            for field in self.env.registry.get_dependent_fields(self.env[model]._fields[name])
        )

    def set(self, secrets, text: str, number: float):
        """Change the secrets in the database, and nothing else."""
        for table, column, ids in secrets:
            value = number if column in NUMBERS else text
            query = "UPDATE %s SET %s = %s WHERE id IN %s"
            self.env.cr.execute(
                SQL(query, SQL.identifier(table), SQL.identifier(column), value, tuple(ids))
            )
        self.env.invalidate_all()

    def test_generated_policies(self):
        for seed in range(POLICIES):
            telling, all_of_them = self.check_policy(seed)
            self.assertGreater(telling, all_of_them // 4, "records are among what is shown")
