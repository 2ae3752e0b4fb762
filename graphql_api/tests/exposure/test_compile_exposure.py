"""What can be exposed together: ``compile_exposure`` on plain values."""

from dataclasses import replace

from odoo.tests import BaseCase, tagged

from ...schema.addons.features import Feature, FeatureField
from ...schema.exposure.action import Action, Argument
from ...schema.exposure.action_definitions import (
    ActionDefinition,
    ArgumentDefinition,
    ResultDefinition,
)
from ...schema.exposure.policy import Rights
from ...schema.exposure.resource import Resource
from ...schema.exposure.resource_field import ResourceField
from ...schema.problems import FieldDefinition, ResourceDefinition, compile_exposure


def define(number: int, type_name: str, model: str, *fields, **values) -> ResourceDefinition:
    """Return the definition of a resource without anything else."""
    is_installed = values.pop("is_installed", True)
    values.setdefault("collection", f"{type_name.lower()}-list")
    resource = Resource(type_name=type_name, model=model, **values)
    return ResourceDefinition(number, resource, fields, is_installed)


def value(name: str, *former_names: str) -> FieldDefinition:
    return FieldDefinition(ResourceField(name, name, "char"), former_names)


def relation(name: str, comodel: str, field_type: str = "many2one", **values) -> FieldDefinition:
    return FieldDefinition(ResourceField(name, name, field_type), (), comodel, **values)


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def assert_conflict(self, definitions, number: int, kind: str, name: str, owner, types=()):
        resources, problems = compile_exposure(definitions, types)
        self.assertEqual(list(problems), [number])
        problem = problems[number]
        self.assertEqual((problem.kind, problem.name, problem.owner), (kind, name, owner))
        self.assertNotIn(number, resources)
        self.assertEqual(len(resources), len(definitions) - 1)

    def test_the_first_has_a_name(self):
        one, two = define(1, "Bank", "a"), define(2, "BankFilter", "b")
        self.assert_conflict([one, two], 2, "type", "BankFilter", "Bank")
        self.assert_conflict([two, one], 1, "type", "BankFilter", "BankFilter")
        two = define(2, "Lender", "b", collection="bank")
        self.assert_conflict([one, two], 2, "query", "bank", "Bank")
        actions = {"create-loyal": Action("create-loyal", "create_loyal")}
        one = define(1, "Bank", "a", actions=actions)
        two = define(2, "LoyalBank", "b")
        self.assert_conflict([one, two], 2, "mutation", "createLoyalBank", "Bank")

    def test_names_of_the_schema_and_of_code(self):
        one = define(1, "Bank", "a")
        self.assert_conflict([one, define(2, "Query", "b")], 2, "type", "Query", None)
        other = define(2, "Nearby", "b")
        self.assert_conflict([one, other], 2, "type", "NearbyFilter", None, ["NearbyFilter"])

    def test_names_of_features(self):
        """Only resources with the feature have them, also while it is not offered."""
        field = FeatureField(lambda resource: f"{resource.list_name}Newest", None)
        feature = Feature(
            "newest", types={"Newest": None}, queries=(field,), operations=("create",)
        )
        one = define(1, "Bank", "a", features=frozenset(["newest"]))
        for other, kind, name in (
            (define(2, "BankNewest", "b"), "type", "BankNewest"),
            (define(2, "Lender", "b", collection="bank-list-newest"), "query", "bankListNewest"),
        ):
            _resources, problems = compile_exposure([one, other], (), [feature])
            self.assertEqual((problems[2].kind, problems[2].name), (kind, name))
            without = replace(one, resource=replace(one.resource, features=frozenset()))
            self.assertEqual(compile_exposure([without, other], (), [feature])[1], {})

    def test_lists_have_inputs(self):
        """Where they lead somewhere."""
        branches = relation("create", "res.branch", "one2many")
        one, two = define(1, "Bank", "a", branches), define(2, "Branch", "res.branch")
        self.assert_conflict([one, two], 1, "type", "BankCreateInput", "Bank")
        resources, problems = compile_exposure([one])
        self.assertEqual((list(resources), problems), ([1], {}))

    def test_a_model_that_is_not_installed(self):
        """Its resource keeps its names for the day when it is."""
        missing = define(1, "Bank", "a", is_installed=False)
        other = define(2, "Lender", "b", relation("bank", "a"), collection="bank")
        resources, problems = compile_exposure([missing, other])
        self.assertEqual((list(resources), list(problems)), ([], [2]))
        resources, problems = compile_exposure([other, missing])
        self.assertEqual((list(resources), list(problems)), ([2], [1]))
        self.assertEqual(resources[2].fields, {})


@tagged("post_install", "-at_install")
class TestFields(BaseCase):
    def relations(self, resources, number: int = 1) -> dict[str, str | None]:
        return {name: field.relation for name, field in resources[number].fields.items()}

    def test_relations(self):
        """They lead to the first collection of their model, or to the one that was chosen."""
        bank = define(1, "Bank", "a", value("name"), relation("place", "p"), relation("no", "n"))
        chosen = define(2, "Shop", "a", relation("place", "p", target_id=3), collection="shops")
        one = define(3, "Place", "p", collection="places")
        two = define(4, "Area", "p", collection="areas")
        resources, problems = compile_exposure([bank, chosen, one, two])
        self.assertEqual(problems, {})
        self.assertEqual(self.relations(resources), {"name": None, "place": "Area"})
        self.assertEqual(self.relations(resources, 2), {"place": "Place"})
        resources, _problems = compile_exposure([bank, chosen, two])
        self.assertEqual(self.relations(resources, 2), {"place": "Area"})

    def test_relations_to_what_is_not_served(self):
        bank = define(1, "Bank", "a", value("name"), relation("place", "p"))
        place = define(2, "Place", "p", collection="bank")
        resources, problems = compile_exposure([bank, place])
        self.assertEqual((list(resources), list(problems)), ([1], [2]))
        self.assertEqual(self.relations(resources), {"name": None})

    def test_fields_of_one_name(self):
        """The first that is served has it; a former name gives way to all of them."""
        fields = (relation("place", "p"), value("place", "code", "old"), value("code"))
        bank = define(1, "Bank", "a", *fields)
        resources, _problems = compile_exposure([bank])
        found = {name: field.alias_of for name, field in resources[1].fields.items()}
        self.assertEqual(found, {"place": None, "code": None, "old": "place"})
        resources, _problems = compile_exposure([bank, define(2, "Place", "p")])
        found = {name: field.relation for name, field in resources[1].fields.items()}
        self.assertEqual(found, {"place": "Place", "code": None})

    def test_what_does_not_change(self):
        """It is compiled once: only those whose relations lead elsewhere are made anew."""
        bank = define(1, "Bank", "a", relation("place", "p"))
        city = define(2, "City", "c", value("name"))
        before, _problems = compile_exposure([bank, city, define(3, "Place", "p")])
        after, _problems = compile_exposure([bank, city, define(3, "Place", "p", value("name"))])
        self.assertIs(after[1], before[1])
        self.assertIs(after[2], before[2])
        after, _problems = compile_exposure([bank, city, define(3, "Spot", "p")])
        self.assertIs(after[2], before[2])
        self.assertEqual(self.relations(after), {"place": "Spot"})
        again, _problems = compile_exposure([bank, city, define(3, "Place", "p")])
        self.assertEqual(again[1], before[1])


@tagged("post_install", "-at_install")
class TestActions(BaseCase):
    """What an action leads to is looked for as what a field leads to."""

    def compile(self, *others, result: str | None = None, **argument):
        """Return the action "open" of a bank, which takes a place and returns records."""
        values = {"name": "place", "field": "place_id", "type": "many2one", **argument}
        action = ActionDefinition(
            Action("open", "action_open", result="records" if result else "record"),
            arguments=(
                ArgumentDefinition(Argument(**values), "p"),
                ArgumentDefinition(Argument("note", "note", "char")),
            ),
            result=ResultDefinition(result, None) if result else None,
        )
        bank = replace(define(1, "Bank", "a"), actions=(action,))
        resources, problems = compile_exposure([bank, *others])
        self.assertEqual(problems, {})
        return resources[1].actions.get("open")

    def test_arguments(self):
        place = define(2, "Place", "p")
        action = self.compile(place)
        self.assertEqual(action.arguments.type_name, "OpenBank")
        self.assertEqual(action.arguments.fields["place"].relation, "Place")
        self.assertEqual(list(self.compile().arguments.fields), ["note"])
        self.assertTrue(self.compile(place, required=True).needs_input)
        self.assertIsNone(self.compile(required=True))
        self.assertFalse(self.compile(place, required=True, default=5).needs_input)

    def test_results(self):
        place = define(2, "Place", "p")
        self.assertEqual(self.compile(place, result="p").result_type, "Place")
        self.assertIsNone(self.compile(result="p"))

    def test_names(self):
        bank = define(1, "Bank", "a", actions={"open": self.compile()})
        for second in (
            define(2, "OpenBankInput", "b"),
            define(2, "Open", "b", relation("bank", "a", "one2many")),
        ):
            _resources, problems = compile_exposure([bank, second])
            found = [(problem.kind, problem.name) for problem in problems.values()]
            self.assertEqual(found, [("type", "OpenBankInput")])

    def test_rights(self):
        """What a policy does not grant is no argument, and no result."""
        resources = [
            define(1, "Bank", "a", actions={"open": self.compile(define(2, "Place", "p"))}).resource
        ]
        granted = Rights(frozenset([("Bank", "actions")]))
        (bank,) = granted.restrict([*resources, define(2, "Place", "p").resource])
        self.assertEqual(list(bank.actions["open"].arguments.fields), ["note"])
        action = self.compile(define(2, "Place", "p"), required=True)
        resources = [define(1, "Bank", "a", actions={"open": action}).resource]
        (bank,) = Rights(frozenset([("Bank", "actions"), ("Bank", "read")])).restrict(resources)
        self.assertEqual(bank.actions, {})
