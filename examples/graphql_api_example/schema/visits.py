import datetime

import strawberry

from odoo import fields

from odoo.addons.graphql_api.schema.extension import (
    ApiError,
    check_operation,
    find_record,
    resource_type,
)

Customer = resource_type("Customer")
Visit = resource_type("Visit")


@strawberry.type(description="Visits of a period.")
class VisitSummary:
    planned: int
    done: int


@strawberry.type
class VisitQuery:
    @strawberry.field(description="Customers without a visit since a day.")
    def customers_to_visit(
        self, info: strawberry.Info, since: datetime.date, first: int = 20
    ) -> list[Customer]:
        if not 1 <= first <= 100:
            raise ApiError("BAD_USER_INPUT", "first is a number from 1 to 100.")
        visited = [("date", ">=", since), ("state", "=", "done")]
        return info.context.env["res.partner"].search(
            [("visit_ids", "not any", visited)], order="name, id", limit=first
        )

    @strawberry.field(description="How many visits there are in a period.")
    def visit_summary(
        self, info: strawberry.Info, start: datetime.date, end: datetime.date
    ) -> VisitSummary:
        if end < start:
            raise ApiError("BAD_USER_INPUT", f"end is before start: choose {start} or later.")
        groups = info.context.env["customer.visit"]._read_group(
            [("date", ">=", start), ("date", "<=", end)], ["state"], ["__count"]
        )
        counts = dict(groups)
        return VisitSummary(planned=counts.get("planned", 0), done=counts.get("done", 0))


@strawberry.input(description="A visit that has taken place.")
class LogVisitInput:
    customer: strawberry.ID
    subject: str
    date: datetime.date | None = None
    note: str | None = None


@strawberry.type
class VisitMutation:
    @strawberry.mutation(description="Keep a visit that has taken place, by default today.")
    def log_visit(self, info: strawberry.Info, input: LogVisitInput) -> Visit:
        check_operation(info, "Visit", "create")
        visits = info.context.env["customer.visit"]
        today = fields.Date.context_today(visits)
        date = input.date or today
        if date > today:
            message = f"A visit that has taken place is not after today, {today}."
            errors = [{"field": "input.date", "message": message}]
            raise ApiError("BAD_USER_INPUT", message, errors=errors)
        return visits.create(
            {
                "partner_id": find_record(info, "Customer", input.customer).id,
                "subject": input.subject,
                "date": date,
                "note": input.note,
                "state": "done",
            }
        )
