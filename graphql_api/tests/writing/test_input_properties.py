"""Generated inputs: what fits reads back as written, what does not fit changes nothing."""

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from hypothesis import HealthCheck, Phase, given, settings

from odoo.tests import tagged

from ...schema.execution.columnar import ColumnarExecutor, TransactionalExecutor
from ..cases.api import ApiCase
from ..cases.input_strategies import PROPERTIES, UPSERTS, Inputs

RECORDS = {
    "Customer": {"name": "Works", "children": {"create": [{"name": "Ann"}, {"name": "Bob"}]}},
    "CustomerTag": {"name": "Gold", "children": {"create": [{"name": "Old"}, {"name": "New"}]}},
    "Lead": {"name": "Roof"},
    "Product": {"name": "Brick"},
    "Task": {"name": "Dig", "children": {"create": [{"name": "Measure"}, {"name": "Mark"}]}},
    "Project": {"name": "House", "tasks": {"create": [{"name": "Walls"}, {"name": "Roof"}]}},
    "SaleOrder": {"orderLines": {"create": [{"quantity": 1}, {"quantity": 2}]}},
}
"""Type -> an input without the ids in it; its record is what the tests change."""

WITHOUT_UPSERTS = {"Product"}
"""Those of them without a list that takes upserts."""

REFUSED_BY_ODOO = {"VALIDATION_FAILED", "CONFLICT"}
"""What Odoo may answer to values that fit their types: two tags of one name."""

REFUSED = {"BAD_USER_INPUT", "FORBIDDEN", "GRAPHQL_VALIDATION_FAILED", "NOT_FOUND"}
"""What is answered to values that do not fit."""


@dataclass(frozen=True)
class Target:
    """What inputs are generated for: a mutation, and the record that it changes if it does."""

    type_name: str
    operation: str
    record_id: str | None = None

    @property
    def input_name(self) -> str:
        return f"{self.type_name}{self.operation}Input"

    @property
    def document(self) -> str:
        name = f"{self.operation.lower()}{self.type_name}"
        if self.record_id is None:
            declared, arguments = "", ""
        else:
            declared, arguments = ", $id: ID!", ", id: $id"
        return (
            f"mutation ($input: {self.input_name}!{declared}) "
            f"{{ record: {name}(input: $input{arguments}) {{ id }} }}"
        )


class InputCase(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        definition = cls.env["res.partner"].create({"name": "Z"}).properties_base_definition_id
        definition.sudo().properties_definition = PROPERTIES
        # Something of each kind that nobody of the main company may see.
        company = cls.env["res.company"].create({"name": "Far away"})
        cls.env["res.partner"].create({"name": "Hidden", "company_id": company.id})
        cls.env["product.product"].create({"name": "Hidden", "company_id": company.id})
        cls.env["project.project"].create({"name": "Hidden", "company_id": company.id})
        # Odoo takes the customer from a task whenever its project is written, unless the project is
        # billable (sale_project, ``_compute_partner_id``).
        cls.env["project.project"].search([]).allow_billable = True

    def setUp(self):
        super().setUp()
        user = self.user("admin")
        context = {"lang": "en_US", "tz": user.tz}
        self.schema = self.env["graphql_api.schema"]._get_schema()
        self.inputs = Inputs(self.schema, self.env(user=user, su=False, context=context))

    def record_input(self, type_name: str) -> dict:
        """Return the input of the record that the tests change."""
        value = dict(RECORDS[type_name])
        if type_name == "Task":
            project = self.inputs.ids("Project")[0]
            children = [{**child, "project": project} for child in value["children"]["create"]]
            return {**value, "project": project, "children": {"create": children}}
        if type_name == "SaleOrder":
            product = self.inputs.ids("Product")[0]
            lines = [{**line, "product": product} for line in value["orderLines"]["create"]]
            customer = self.inputs.ids("Customer")[0]
            return {"customer": customer, "orderLines": {"create": lines}}
        return value

    def create_record(self, type_name: str) -> tuple[str, dict]:
        """Return the id of a new record, and the ids of the records in its lists."""
        value = self.record_input(type_name)
        target = Target(type_name, "Create")
        result = self.send(target, value)
        self.assertFalse(result.errors)
        record_id = result.data["record"]["id"]
        read = self.shown(target, record_id, value)
        lists = [name for name in value if "create" in value[name]]
        return record_id, {name: [item["id"] for item in read[name]] for name in lists}

    def send(self, target: Target, value: dict, executor=ColumnarExecutor):
        """Execute a mutation in this process; what fails is for the caller to roll back."""
        variables = {"input": value}
        if target.record_id is not None:
            variables["id"] = target.record_id
        return self.execute(target.document, variables, executor=executor)

    def shown(self, target: Target, record_id: str, value: dict) -> dict:
        """Return a record as a query of what an input sets reads it."""
        self.env.invalidate_all()
        name = self.schema.resources[target.type_name].single_name
        selection = self.inputs.selection(target.input_name, value)
        query = f"query ($id: ID!) {{ record: {name}(id: $id) {{ {selection} }} }}"
        result = self.execute(query, {"id": record_id})
        self.assertFalse(result.errors)
        return result.data["record"]

    @contextmanager
    def rolled_back(self):
        """Keep nothing of what is written in the block."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()

    def for_each_type(self, operation: str, number: int, check, *, broken: bool = False):
        """Call ``check(target, value)`` with so many generated inputs of each type.

        They are the same in every run.

        :param broken: with inputs that do not fit
        """
        for type_name in RECORDS:
            with self.subTest(type_name):
                record_id, members = None, None
                if operation == "Update":
                    record_id, members = self.create_record(type_name)
                target = Target(type_name, operation, record_id)
                if broken:
                    strategy = self.inputs.broken(target.input_name)
                else:
                    strategy = self.inputs.valid(target.input_name, members=members)
                self.run_examples(number, strategy, partial(check, target))

    def run_examples(self, number: int, strategy, check):
        @settings(
            max_examples=number,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def run(value):
            check(value)

        run()


@tagged("generated")
class TestValidInputs(InputCase):
    """Inputs that fit are accepted, and what they set is what a query of the same names reads."""

    def setUp(self):
        super().setUp()
        self.answers = defaultdict(list)

    def check_read_back(self, target, value):
        with self.rolled_back():
            result = self.send(target, value)
            self.answers[target.type_name].append(result.code)
            if result.errors:
                self.assertIn(result.code, REFUSED_BY_ODOO, (result.errors, value))
                return
            read = self.shown(target, result.data["record"]["id"], value)
            different = list(self.inputs.differences(target.input_name, value, read))
            self.assertEqual(different, [], value)
            self.check_written_again(target, result.data["record"]["id"], value, read)

    def check_written_again(self, target, record_id, value, read):
        """What is read can be written, and reads the same afterwards."""
        target = Target(target.type_name, "Update", record_id)
        again = self.inputs.as_input(target.input_name, read)
        result = self.send(target, again)
        if result.errors:
            self.assertIn(result.code, REFUSED_BY_ODOO, (result.errors, again))
            return
        different = self.inputs.differences(
            target.input_name, again, self.shown(target, record_id, value)
        )
        self.assertEqual(list(different), [], again)

    def check_accepted(self):
        self.assertEqual(set(self.answers), set(RECORDS))
        for type_name, codes in self.answers.items():
            self.assertGreater(codes.count(None), 0.8 * len(codes), (type_name, codes))

    def test_created_records(self):
        self.for_each_type("Create", 10, self.check_read_back)
        self.check_accepted()

    def test_changed_records(self):
        self.for_each_type("Update", 10, self.check_read_back)
        self.check_accepted()


@tagged("generated")
class TestRepeatedInputs(InputCase):
    """What is upserted or replaced by keys is the same, however often it is sent."""

    def check_repeated(self, target, value):
        with self.rolled_back():
            result = self.send(target, value)
            self.codes.append(result.code)
            if result.errors:
                self.assertIn(result.code, REFUSED_BY_ODOO, (result.errors, value))
                return
            first = self.shown(target, target.record_id, value)
            result = self.send(target, value)
            self.assertEqual(result.errors, [], value)
            second = self.shown(target, target.record_id, value)
            for name in value:
                numbers = [[record["id"] for record in read[name]] for read in (first, second)]
                self.assertEqual(*numbers, value)
            different = list(self.inputs.differences(target.input_name, value, second))
            self.assertEqual(different, [], value)

    def test_sent_twice(self):
        self.codes = []
        for type_name in sorted(set(RECORDS) - WITHOUT_UPSERTS):
            with self.subTest(type_name):
                record_id, _members = self.create_record(type_name)
                target = Target(type_name, "Update", record_id)
                strategy = self.inputs.with_upserts(target.input_name)
                self.run_examples(5, strategy, partial(self.check_repeated, target))
        self.assertGreater(self.codes.count(None), 0.8 * len(self.codes), self.codes)


@tagged("generated")
class TestInvalidInputs(InputCase):
    """Inputs with one value that does not fit are refused, and nothing is changed."""

    def written(self) -> int:
        """Return how many rows this transaction has changed, also those it rolled back.

        The locks of the keys of upserts do not count.
        """
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables "
            "WHERE relname != 'graphql_api_upsert'"
        )
        return self.env.cr.fetchone()[0]

    def stored(self) -> list[tuple]:
        """Return what tells whether any row of the tables under test is another one."""
        self.env.flush_all()
        rows = []
        for type_name in RECORDS:
            table = self.env[self.schema.resources[type_name].model]._table
            self.env.cr.execute(
                f"SELECT count(*), sum(hashtext(t::text)::bigint) FROM {table} AS t"
            )
            rows += self.env.cr.fetchall()
        return rows

    def check_nothing_written(self, target, broken):
        """Values are refused before a record is touched: there is nothing to take back."""
        with self.rolled_back():
            before = self.written()
            result = self.send(target, broken.value)
            codes = {error["extensions"]["code"] for error in result.errors}
            self.assertTrue(codes, broken)
            self.assertLessEqual(codes, REFUSED, (broken, result.errors))
            self.assertIsNone(result.data, broken)
            self.assertEqual(self.written(), before, broken)

    def check_taken_back(self, target, broken):
        """What the operation wrote before is taken back."""
        type_name = target.type_name
        document = f"""mutation ($first: {type_name}CreateInput!, $id: ID!,
                                 $input: {target.input_name}!) {{
          first: create{type_name}(input: $first) {{ id }}
          second: update{type_name}(id: $id, input: $input) {{ id }}
        }}"""
        variables = {
            "first": self.record_input(type_name),
            "id": target.record_id,
            "input": broken.value,
        }
        before = self.stored()
        response = self.graphql_response(document, variables)
        self.assertLess(response.status_code, 500, broken)
        codes = {error["extensions"]["code"] for error in response.json()["errors"]}
        self.assertLessEqual(codes, REFUSED, (broken, response.text))
        self.assertIsNone(response.json().get("data"), broken)
        self.env.invalidate_all()
        self.assertEqual(self.stored(), before, broken)

    def test_created_records(self):
        self.for_each_type("Create", 40, self.check_nothing_written, broken=True)

    def test_changed_records(self):
        self.for_each_type("Update", 40, self.check_nothing_written, broken=True)

    def test_operations_over_http(self):
        self.for_each_type("Update", 6, self.check_taken_back, broken=True)


@tagged("generated")
class TestBothApis(InputCase):
    """The same content makes the same record, or the same error, whoever executes it.

    That is REST, GraphQL, and GraphQL by graphql-core's own executor.
    """

    def setUp(self):
        super().setUp()
        self.key("admin")

    def check_same(self, target, value):
        answers = []
        for ask in (self.by_graphql, self.by_graphql_core, self.by_rest):
            with self.rolled_back():
                answers.append(ask(target, value))
        for answer in answers[1:]:
            self.assertEqual(answer, answers[0], value)

    def by_graphql_core(self, target, value):
        """Return the same as :meth:`by_graphql`, of graphql-core's own executor."""
        return self.by_graphql(target, value, TransactionalExecutor)

    def by_graphql(self, target, value, executor=ColumnarExecutor):
        """Return the code of the error, or the record as it is read."""
        result = self.send(target, value, executor)
        if result.errors:
            return result.code
        return self.without_numbers(target, result.data["record"]["id"], value)

    def by_rest(self, target, value):
        body = self.inputs.rest_body(target.input_name, value)
        path = f"/api/{self.schema.resources[target.type_name].collection}"
        if target.record_id is None:
            answer = self.http("POST", f"{path}?fields=id", json=body).json()
        else:
            answer = self.http("PATCH", f"{path}/{target.record_id}?fields=id", json=body).json()
        if answer["status"] == "error":
            return answer["code"]
        return self.without_numbers(target, str(answer["data"]["id"]), value)

    def without_numbers(self, target, record_id, value) -> dict:
        """Return what is read of what was sent, without the numbers that Odoo gives to records."""
        read = self.shown(target, record_id, value)
        del read["id"]
        for name, item in value.items():
            if not isinstance(item, dict) or not {"create", *UPSERTS} & set(item):
                continue
            ((operation, sent),) = item.items()
            if operation in UPSERTS:
                sent = [part["input"] for part in sent]
            created = zip(reversed(sent), reversed(read[name]), strict=False)
            read[name] = [{key: record[key] for key in part} for part, record in created]
        return read

    def test_created_records(self):
        self.for_each_type("Create", 3, self.check_same)

    def test_changed_records(self):
        self.for_each_type("Update", 3, self.check_same)
