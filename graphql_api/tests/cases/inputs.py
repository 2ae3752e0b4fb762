"""Inputs, one value after the other, in both APIs."""

from ...schema.exposure.names import camel_case
from .writing import WriteCase


class InputCase(WriteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create({"name": "Zcustomer"})
        cls.path = f"/api/customers/{cls.customer.id}"

    def required(self, type_name):
        """Return the values without which there is no new record of a type."""
        return {
            "SaleOrder": {"customer": self.customer.id},
        }.get(type_name, {"name": "Zname"})

    def created(self, type_name, values, selection="id", **kwargs):
        """Create a record by GraphQL; return what was selected."""
        query = f"""mutation ($input: {type_name}CreateInput!) {{
          record: create{type_name}(input: $input) {{ {selection} }} }}"""
        return self.graphql(query, {"input": values}, **kwargs)["record"]

    def update(self, type_name, number, values, selection="id", **kwargs):
        query = f"""mutation ($id: ID!, $input: {type_name}UpdateInput!) {{
          record: update{type_name}(id: $id, input: $input) {{ {selection} }} }}"""
        return self.graphql(query, {"id": number, "input": values}, **kwargs)["record"]

    def write_by_graphql(self, type_name, _collection, number, values):
        """Create or change a record; return its id and the values as GraphQL shows them."""
        values = {camel_case(name): value for name, value in values.items()}
        selection = " ".join(["id", *values])
        if number is None:
            shown = self.created(type_name, self.required(type_name) | values, selection)
        else:
            shown = self.update(type_name, number, values, selection)
        return int(shown.pop("id")), shown

    def write_by_rest(self, type_name, collection, number, values):
        path = f"/api/{collection}"
        fields = f"fields={','.join(['id', *values])}"
        if number is None:
            body = self.required(type_name) | values
            shown = self.write_rest("POST", f"{path}?{fields}", body, status=201)
        else:
            shown = self.write_rest("PATCH", f"{path}/{number}?{fields}", values)
        number = shown.pop("id")
        return number, {camel_case(name): value for name, value in shown.items()}

    def shown(self, type_name, number, *names):
        single = type_name[0].lower() + type_name[1:]
        selection = " ".join(camel_case(name) for name in names)
        query = f"query ($id: ID!) {{ record: {single}(id: $id) {{ {selection} }} }}"
        return self.graphql(query, {"id": number})["record"]
