from . import auth, dispatcher, files, graphql, rest, rest_write
