import strawberry

from odoo.addons.graphql_api.schema.extension import batch_field, resource_type

Visit = resource_type("Visit")


@strawberry.type
class CustomerAddress:
    @strawberry.field(description="The address on one line.")
    def address(self) -> str:
        parts = [self.street, self.zip, self.city, self.country_id.name]
        return ", ".join(filter(None, parts))


@strawberry.type
class CustomerVisits:
    @batch_field(description="The number of visits.")
    def visit_count(records, info: strawberry.Info) -> list[int]:
        visits = records.env["customer.visit"]
        groups = visits._read_group(
            [("partner_id", "in", records.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        return [counts.get(record.id, 0) for record in records]

    @batch_field(description="The visit that was entered last, of those that are done.")
    def last_visit(records, info: strawberry.Info) -> list[Visit | None]:
        visits = records.env["customer.visit"]
        groups = visits._read_group(
            [("partner_id", "in", records.ids), ("state", "=", "done")], ["partner_id"], ["id:max"]
        )
        last = {partner.id: visits.browse(visit_id) for partner, visit_id in groups}
        return [last.get(record.id) for record in records]
