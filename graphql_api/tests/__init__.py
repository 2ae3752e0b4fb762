"""The tests, in rooms named as those of the code.

Odoo's loader looks for test modules among the members of this package: each room imports its own.
"""

from . import test_base_rooms
from .access import *
from .addons import *
from .cli import *
from .controllers import *
from .execution import *
from .exposure import *
from .grouping import *
from .http import *
from .models import *
from .reading import *
from .rest import *
from .values import *
from .views import *
from .wizards import *
from .writing import *
