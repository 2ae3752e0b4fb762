from . import auth, dispatcher, docs, files, graphql, rest, rest_aggregate, rest_write
