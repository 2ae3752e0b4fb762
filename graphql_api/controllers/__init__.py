from . import auth, dispatcher, docs, files, graphql, health, rest, rest_aggregate, rest_write
