from . import expose, expose_field, make_key
