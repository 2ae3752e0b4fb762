"""The list of the attachments of a record: which resources offer it, and whose attachments are."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from odoo.fields import Domain

from ..exposure.resource import ATTACHMENTS, Resource
from ..exposure.resource_field import ResourceField
from .odoo_models import ATTACHMENT


def with_attachments(resources: Iterable[Resource]) -> list[Resource]:
    """Return the resources, with the list of their attachments where that is offered.

    That is where attachments can be read, and their own domain leaves those of the model. A field
    of the same name stays what it is.
    """
    resources = list(resources)
    target = next(
        (each for each in resources if each.model == ATTACHMENT and "read" in each.operations),
        None,
    )
    if target is None:
        return resources
    attachments = ResourceField(
        name=ATTACHMENTS,
        field="",
        type="one2many",
        description="Its files and links.",
        relation=target.type_name,
        inverse="res_id",
    )
    domain = Domain(list(target.domain))
    return [
        replace(resource, attachments=attachments)
        if resource.has_attachments
        and "read" in resource.operations
        and resource.model != ATTACHMENT
        and ATTACHMENTS not in resource.fields
        and _may_be_of(domain, resource.model)
        else resource
        for resource in resources
    ]


def _may_be_of(domain: Domain, model: str) -> bool:
    """Tell whether a domain leaves attachments of a model."""

    def decide(condition: Domain) -> Domain:
        if condition.field_expr != "res_model":
            return Domain.TRUE
        match condition.operator, condition.value:
            case "=" | "!=" as operator, value:
                return Domain((value == model) == (operator == "="))
            case "in" | "not in" as operator, values:
                return Domain((model in values) == (operator == "in"))
        return Domain.TRUE

    return not domain.map_conditions(decide).is_false()


def attachments_of(records) -> Domain:
    """Return the condition that an attachment is one of these records."""
    domain = ATTACHMENT_LIST.get_comodel_domain(records)
    return domain & Domain(ATTACHMENT_LIST.inverse_name, "in", records.ids)


@dataclass(frozen=True, slots=True)
class _AttachmentList:
    """The list of the attachments of a record, described as Odoo describes a one2many field."""

    type: str = "one2many"
    comodel_name: str = ATTACHMENT
    inverse_name: str = "res_id"
    context: dict = field(default_factory=dict)
    store: bool = False
    compute: None = None
    related: None = None

    def get_comodel_domain(self, records) -> Domain:
        """Return the condition on the attachments of a model's records.

        The files of binary fields are none of them.
        """
        return Domain("res_model", "=", records._name) & Domain("res_field", "=", False)


ATTACHMENT_LIST = _AttachmentList()
