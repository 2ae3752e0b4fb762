from . import expose, expose_field
