from . import dispatcher, files, graphql, rest, rest_write
