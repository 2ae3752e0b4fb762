"""Check the interpreter, then hand over to the command line."""

import sys

# This file has to run on any Python 3: it is the one that says which Python is needed.
if sys.version_info < (3, 11):
    sys.exit(
        "Python 3.11 or newer is needed, this is {}.{} ({}).\n"
        "Name another interpreter: make PYTHON=python3.11 ...".format(
            sys.version_info[0], sys.version_info[1], sys.executable
        )
    )

from tools.command_line import main

sys.exit(main(sys.argv[1:]))
