{
    "name": "GraphQL and REST API",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "summary": "GraphQL and REST from one schema, under Odoo's access rights",
    "author": "graphql_api developers",
    "license": "LGPL-3",
    "depends": ["base", "web"],
    "external_dependencies": {
        # The columnar executor relies on inner methods of the first two.
        "python": [
            "strawberry-graphql>=0.341,<0.342",
            "graphql-core>=3.3.2,<3.4",
            "orjson>=3.10,<4",
        ],
    },
    "data": [
        "security/ir.model.access.csv",
        "views/menus.xml",
        "wizards/expose_views.xml",
        "views/resource_views.xml",
        "views/request_views.xml",
        "data/catalog_base.xml",
        "data/catalog_product.xml",
        "data/catalog_sale.xml",
        "data/catalog_crm.xml",
        "data/catalog_account.xml",
        "data/catalog_purchase.xml",
        "data/catalog_stock.xml",
        "data/catalog_project.xml",
        "data/catalog_hr.xml",
    ],
}
