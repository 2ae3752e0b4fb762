import ast

import psycopg2

from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL, mute_logger

from ..schema.exposure.errors import RETRIED


class InvalidDomain(ValueError):
    """A text that is no domain, or none of a model; the message says why."""


class NotPlainValues(InvalidDomain):
    """A text that is no list of plain values."""


def parse_domain(text: str, model: BaseModel | None) -> list:
    """Return the domain that somebody has written: plain values, of which nothing is evaluated.

    :param model: the Odoo model that it selects records of; None where it is not installed, then
        any list is a domain
    :raise NotPlainValues:
    :raise InvalidDomain: the model has no such fields, or they have no such operators
    """
    try:
        domain = list(ast.literal_eval(text))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise NotPlainValues(str(error)) from error
    if model is not None:
        try:
            Domain(domain).validate(model.sudo())
        except RETRIED:
            raise
        except Exception as error:
            raise InvalidDomain(str(error)) from error
    return domain


def check_search(domain: list, model: BaseModel) -> None:
    """Check that PostgreSQL can search by a domain, as Odoo's own editor of domains does.

    :raise InvalidDomain: it cannot
    """
    try:
        query = model.sudo()._search(domain)
        with mute_logger("odoo.sql_db"), model.env.cr.savepoint():
            model.env.cr.execute(SQL("EXPLAIN %s", query.select()))
    except (psycopg2.DataError, psycopg2.ProgrammingError) as error:
        raise InvalidDomain(str(error)) from error
    except RETRIED:
        raise
    except Exception as error:
        raise InvalidDomain(str(error)) from error
