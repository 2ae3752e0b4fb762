from odoo import api, models, tools
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _graphql_api_parent_paths(self, ids: tuple[int, ...]) -> dict[int, str]:
        """Return the places of companies in their hierarchy, by id.

        They never change (odoo/addons/base/models/res_company.py, ``write``).
        """
        known = self._graphql_api_known_paths()
        unknown = tuple(company_id for company_id in ids if company_id not in known)
        if unknown:
            known.update(
                self.env.execute_query(
                    SQL("SELECT id, parent_path FROM res_company WHERE id IN %s", unknown)
                )
            )
        return {company_id: known[company_id] for company_id in ids if company_id in known}

    @api.model
    @tools.ormcache()
    def _graphql_api_known_paths(self) -> dict[int, str]:
        """Return the places that this process knows: one for each company, however they are asked.

        Clients choose companies in many combinations.
        """
        return {}

    def _graphql_api_get_time_zone(self) -> str:
        """Return the time zone in which a company has its days.

        That is the one of its contact; where that has none, of its working hours; else UTC.
        """
        self.ensure_one()
        # Not every user may read the company's contact, whose days are theirs all the same.
        company = self.sudo()
        calendar = "resource_calendar_id" in self._fields and company.resource_calendar_id
        return company.partner_id.tz or (calendar and calendar.tz) or "UTC"
