from . import dispatcher, files, graphql, rest
