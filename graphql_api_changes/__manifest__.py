{
    "name": "GraphQL and REST API: Changes",
    "version": "19.0.1.2.0",
    "category": "Technical",
    "summary": "What has changed since, for whoever keeps a copy of Odoo's records",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["graphql_api"],
    "data": [
        "security/ir.model.access.csv",
        "data/tracked.xml",
        "views/change_table_views.xml",
        "views/resource_views.xml",
        "views/settings_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
