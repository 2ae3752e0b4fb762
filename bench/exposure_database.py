"""Expose many models under many policies. Runs in Odoo, as a process of its own.

Usage: python -m bench.exposure_database <configuration file> <database> <resources> <policies>

What the catalog exposes comes first, then the models with the most fields. The same database gives
the same resources.
"""

import importlib
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.modules.registry import Registry
from odoo.tools import config

MOST_FIELDS = 25
"""Fields of a resource."""

CUSTOMER = "res.partner"
"""The model that the requests read; no policy leaves it out."""

_RELATIONS = ("many2one", "one2many", "many2many")
_WRITABLE_TYPES = ("many2one", "char", "text", "integer", "float", "boolean", "date", "datetime")


def fill(env: Environment, resources: int, policies: int) -> None:
    """Make it ``resources`` resources that are served, and ``policies`` policies."""
    served = env["graphql_api.resource"].search([], order="id")
    served = served.filtered(lambda resource: resource.model in env)
    customers = served.filtered(lambda resource: resource.model == CUSTOMER)
    served = customers + (served - customers)
    served[resources:].active = False
    served = served[:resources]
    served += _expose(env, served, resources - len(served))
    if len(served) < resources:
        raise SystemExit(f"The database has models for {len(served)} resources only.")
    _make_policies(env, served, policies)


def _expose(env: Environment, served, count: int):
    """Return ``count`` new resources, or as many as there are models."""
    # It can be imported once the configuration says where addons are.
    proposals = importlib.import_module("odoo.addons.graphql_api.wizards.proposals")
    every = env["graphql_api.resource"].with_context(active_test=False).search([])
    offered = {
        model.model: proposals.offered_fields(env[model.model])
        for model in _models(env)
        if model.model not in every.mapped("model")
    }
    models = sorted(offered, key=lambda name: (-len(offered[name]), name))[:count]
    # Where there are not enough models, some have two resources: those that least leads to.
    models += models[: -(count - len(models)) - 1 : -1]
    reached = {*served.mapped("model"), *models}
    names = [(resource.type_name, resource.collection) for resource in every]
    values = []
    for model in models:
        type_name, collection = proposals.propose_names(model, names)
        names.append((type_name, collection))
        lines = _fields(proposals, offered[model], reached)
        values.append(
            {
                "model": model,
                "type_name": type_name,
                "collection": collection,
                "field_ids": [Command.create(line) for line in lines],
            }
        )
    return env["graphql_api.resource"].create(values)


def _models(env: Environment):
    """Return the models that can be searched."""
    domain = Domain("transient", "=", False) & Domain("abstract", "=", False)
    domain &= Domain("model", "not like", "graphql_api.")
    found = env["ir.model"].search(domain).filtered(lambda model: model.model in env)
    return found.filtered(lambda model: _is_searchable(env[model.model]))


def _is_searchable(model) -> bool:
    try:
        model.search([], limit=1)
    except UserError:  # some are there for others to look into
        return False
    return True


def _fields(proposals, offered: list, reached: set[str]) -> list[dict]:
    """Return values of a resource's fields, as the wizard proposes them."""
    names = proposals.propose_field_names(offered)
    chosen = [
        field
        for field in offered
        if field.name in names
        and not field.groups
        and (field.type not in _RELATIONS or field.comodel_name in reached)
        and not proposals.is_sensitive(field)
        and not proposals.is_file(field)
        and not proposals.is_computed(field)
    ]
    return [
        {
            "field_name": field.name,
            "api_name": names[field.name],
            "writable": not field.readonly and field.type in _WRITABLE_TYPES,
        }
        for field in chosen[:MOST_FIELDS]
    ]


def _make_policies(env: Environment, served, count: int) -> None:
    """Make policies that differ in what they reach, so that none shares another's schema."""
    others = served[1:]
    values = []
    for number in range(count):
        left_out = others[number % len(others)]
        reached = served - left_out
        # Once each resource has been left out, another right differs.
        deleted = number < len(others)
        values.append(
            {
                "name": f"Benchmark {number:03}",
                "right_ids": [
                    Command.create(
                        {
                            "resource_id": resource.id,
                            "allow_create": True,
                            "allow_update": True,
                            "allow_delete": deleted,
                        }
                    )
                    for resource in reached
                ],
            }
        )
    env["graphql_api.policy"].create(values)


def main(configuration: str, database: str, resources: str, policies: str) -> None:
    """Change a database."""
    config.parse_config([f"--config={configuration}", f"--database={database}", "--log-level=warn"])
    with Registry(database).cursor() as cr:
        fill(Environment(cr, SUPERUSER_ID, {}), int(resources), int(policies))
        cr.execute("ANALYZE")


if __name__ == "__main__":
    main(*sys.argv[1:])
