"""The schemas of generated policies: the same as those that are built of nothing else."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...schema.access.context import OPERATION_RIGHTS
from ...schema.exposure.policy import ACTIONS, Parts, Rights
from ...schema.exposure.resource import Resource
from ..cases.lazy_schema import LazySchemaCase

CASES = 25
PART_NAMES = ("read", "write", "actions", "given")


def parts_of(resource: Resource) -> st.SearchStrategy[Parts]:
    """Return a strategy of what is granted of a resource: a few fields, or all but a few."""
    fields = frozenset(
        (field.alias_of or field.name, field.field) for field in resource.fields.values()
    )
    actions = frozenset((name, action.method) for name, action in resource.actions.items())

    def some(names):
        if not names:
            return st.none()
        few = st.frozensets(st.sampled_from(sorted(names)), max_size=4)
        return st.one_of(st.none(), few, few.map(names.difference))

    given = st.sampled_from(sorted(field.field for field in resource.fields.values()))
    return st.builds(
        Parts,
        read=some(fields),
        write=some(fields),
        actions=some(actions),
        given=st.frozensets(given, max_size=2),
    )


@tagged("generated")
class TestGeneratedPolicies(LazySchemaCase):
    def test_same_text(self):
        """Whatever a policy grants, Strawberry's own schema of the same types has the same text."""
        names = sorted(resource.type_name for resource in self.resources)
        # Few have actions: they come more often.
        names += sorted(each.type_name for each in self.resources if each.actions) * 3
        operations = st.sets(st.sampled_from([*OPERATION_RIGHTS, ACTIONS]), min_size=1)
        strategies = {each.type_name: parts_of(each) for each in self.resources}
        seen = set()

        @settings(
            max_examples=CASES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            st.dictionaries(st.sampled_from(names), operations, min_size=2, max_size=8),
            st.integers(0, 3),
            st.data(),
        )
        def check(grants, number, data):
            parts = {name: data.draw(strategies[name]) for name in grants}
            rights = Rights(
                granted=frozenset((name, each) for name in grants for each in grants[name]),
                read_only=number == 0,
                parts=frozenset(parts.items()),
            )
            self.assert_same_as_all_at_once(rights)
            self.assert_types_are_found(rights)
            left = rights.restrict(self.resources)
            seen.add(rights.read_only)
            seen.update(name for resource in left for name in resource.operations)
            seen.update(ACTIONS for resource in left if resource.actions)
            seen.update("hidden" for each in left if "read" not in each.operations)
            for each in left:
                part = parts.get(each.type_name, Parts())
                seen.update(name for name in PART_NAMES if getattr(part, name))

        check()
        # The policies would prove little if most of them granted the same.
        expected = {True, False, *OPERATION_RIGHTS, ACTIONS, "hidden", *PART_NAMES}
        self.assertEqual(seen, expected)
