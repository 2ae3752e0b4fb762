from . import expose, expose_field, import_policy, make_key, try_policy
