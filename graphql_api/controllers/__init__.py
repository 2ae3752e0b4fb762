from . import auth, dispatcher, files, graphql, rest, rest_aggregate, rest_write
