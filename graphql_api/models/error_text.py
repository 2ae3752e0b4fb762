def error_text(env, code: str) -> str:
    """Return what an error code means, for administrators: no message of a request is kept."""
    texts = {
        "UNAUTHENTICATED": env._("The key is missing, wrong, expired or revoked."),
        "TOTP_REQUIRED": env._("The user must also send the code of the second factor."),
        "FORBIDDEN": env._(
            "The user, or the policy of the key, may not do this. See the user's groups and the "
            "policy."
        ),
        "NOT_FOUND": env._(
            "The address or the record does not exist, or the caller may not see it."
        ),
        "BAD_USER_INPUT": env._(
            "The client sent a name or a value that does not fit. Its developer sees which one in "
            "the response."
        ),
        "GRAPHQL_PARSE_FAILED": env._("The document is not GraphQL."),
        "GRAPHQL_VALIDATION_FAILED": env._(
            "The document names what is not exposed, or not granted by the policy."
        ),
        "VALIDATION_FAILED": env._(
            "Odoo refused the values, as it would in its own screens. The response says why."
        ),
        "CONFLICT": env._(
            "Another request changed the same record, or a value that must be unique exists "
            "already. After a conflict with another request, the client may send it again."
        ),
        "PRECONDITION_FAILED": env._(
            "The record was changed since the client read it. The client reads it again."
        ),
        "QUERY_TOO_COMPLEX": env._(
            "The request asks for too much. Limits are in the settings and in the policy."
        ),
        "PERSISTED_QUERY_NOT_FOUND": env._(
            "No document with this hash is stored. The client then sends its text."
        ),
        "RATE_LIMITED": env._(
            "The key sent too many requests in a minute. The limit is in the settings and in the "
            "policy."
        ),
        "SERVICE_UNAVAILABLE": env._(
            "The server was too busy, or the request took too long. It may be sent again."
        ),
        "INTERNAL_SERVER_ERROR": env._(
            "A fault of the server. Its log has the details, by the id in the response."
        ),
    }
    return texts.get(code, "")
