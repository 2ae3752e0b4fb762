from . import (
    auth,
    dispatcher,
    docs,
    files,
    graphql,
    health,
    monitoring,
    rest,
    rest_aggregate,
    rest_write,
)
