from . import bare_sql, stock_executor
