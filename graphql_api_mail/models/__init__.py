from . import graphql_api_schema, mail_activity_mixin, mail_message, mail_thread
