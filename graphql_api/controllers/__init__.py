from ..http import dispatcher
from . import (
    auth,
    docs,
    files,
    graphql,
    health,
    rest,
    rest_aggregate,
    rest_write,
)
from . import metrics as monitoring
