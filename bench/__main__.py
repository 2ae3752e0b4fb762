"""The same as ``make bench``, for who is in the virtual environment already."""

import sys

from tools.command_line import main

sys.exit(main(["bench", "--", *sys.argv[1:]]))
