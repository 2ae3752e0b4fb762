from . import expose, expose_field, import_policy, make_key, suggest_policy, try_policy
