"""The GraphQL documents of the app: one for each screen, and for each change that it makes."""

ORDERS = """
query Orders($after: String) {
  saleOrders(orderBy: [{ dateOrder: DESC }, { id: DESC }], first: 20, after: $after) {
    nodes { id name state dateOrder amountTotal currency { name } customer { id name } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

ORDER = """
query Order($id: ID!) {
  saleOrder(id: $id) {
    id name state version dateOrder amountUntaxed amountTax amountTotal
    customer { id name phone city country { code name } }
    orderLines { id quantity priceUnit priceSubtotal product { id name listPrice } }
  }
}
"""

CUSTOMER_SEARCH = """
query CustomerSearch($text: String!) {
  customers(filter: { name: { contains: $text } }, orderBy: [{ name: ASC }], first: 10) {
    nodes { id name city phone }
  }
}
"""

PRODUCTS = """
query Products($after: String) {
  products(orderBy: [{ name: ASC }], first: 40, after: $after) {
    nodes { id name listPrice category { id name } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

DASHBOARD = """
query Dashboard {
  byState: saleOrdersAggregate(groupBy: [{ state: true }]) {
    keys { state } count amountTotal { sum avg }
  }
  best: saleOrdersAggregate(
    groupBy: [{ customer: true }], orderBy: [{ amountTotal: { sum: DESC } }], first: 5
  ) {
    keys { customer { id name } } amountTotal { sum }
  }
}
"""

VIEWER = """
query Viewer { me { user { id name } companies { id name } lang tz } }
"""

CREATE_ORDER = """
mutation CreateOrder($input: SaleOrderCreateInput!) {
  createSaleOrder(input: $input) { id name version amountTotal }
}
"""

CHANGE_ORDER = """
mutation ChangeOrder($id: ID!, $input: SaleOrderUpdateInput!, $version: String!) {
  updateSaleOrder(id: $id, input: $input, ifVersion: $version) { id version }
}
"""

CONFIRM_ORDER = """
mutation ConfirmOrder($id: ID!) { confirmSaleOrder(id: $id) { id state version } }
"""
