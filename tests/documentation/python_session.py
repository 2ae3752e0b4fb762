"""Runs programs, one after the other, in one namespace; started by the shell of a page.

Each line of the input names a file with a program and one for what it prints.
"""

import contextlib
import sys
import traceback

namespace = {"__name__": "__main__"}
for line in sys.stdin:
    program, output = line.split()
    with open(output, "w") as file, contextlib.redirect_stdout(file):
        try:
            with open(program) as source:
                exec(compile(source.read(), program, "exec"), namespace)
            answer = "done"
        except BaseException:
            traceback.print_exc(file=file)
            answer = "failed"
    print(answer, flush=True)
