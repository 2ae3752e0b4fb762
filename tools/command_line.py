"""The commands of the Makefile."""

import argparse
import os
import signal
import sys

from tools import lock, odoo_source, process, virtualenv
from tools.progress import StepFailed, say

_WITHOUT_ODOO = ("assets", "dist", "docs", "format")
_FOR_DEVELOPERS = ("bench", "check", "dist", "docs", "format", "lint", "load", "test")


def main(arguments: list[str]) -> int:
    """Run a command, in the virtual environment; return the exit code."""
    # Ended by a signal, a step still ends its child processes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return _run(_parse(arguments), arguments)
    except StepFailed as error:
        say(f"Error: {error}")
        return 1
    except KeyboardInterrupt:
        say("Interrupted. What was finished is kept; the next call goes on from there.")
        return 130


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start Odoo with demo data")
    test = commands.add_parser("test", help="run the tests")
    test.add_argument("arguments", nargs="*", help="for pytest, after --")
    check = commands.add_parser("check", help="check the style, and run the tests that are quick")
    check.add_argument("arguments", nargs="*", help="for pytest, after --")
    bench = commands.add_parser("bench", help="measure against other ways to read from Odoo")
    bench.add_argument("arguments", nargs="*", help="for the benchmark, after --")
    load = commands.add_parser("load", help="measure how many phones the cluster serves")
    load.add_argument("arguments", nargs="*", help="for the load test, after --")
    key = commands.add_parser("key", help="print a new API key of a user")
    key.add_argument("login")
    commands.add_parser("cluster", help="start two Odoo servers, a replica and nginx")
    commands.add_parser("assets", help="fetch GraphiQL and Swagger UI into the addon")
    commands.add_parser("docs", help="serve the pages of docs/ as a site")
    commands.add_parser("dist", help="make the addon's wheel and zip file")
    commands.add_parser("translations", help="write the texts to translate into i18n/")
    commands.add_parser("lint", help="check the code's style")
    commands.add_parser("format", help="correct the code's style")
    execute = commands.add_parser("exec", help="run a program in the environment")
    execute.add_argument("arguments", nargs="+", help="the program, after --")
    commands.add_parser("stop", help="stop the PostgreSQL server")
    commands.add_parser("clean", help="remove all state of the environment")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, arguments: list[str]) -> int:
    if options.command in ("stop", "clean"):
        from tools import cleaning

        return cleaning.stop() if options.command == "stop" else cleaning.clean()
    if not virtualenv.is_active():
        odoo_source.note_importable()
        with lock.exclusive("setup"):
            without_odoo = options.command in _WITHOUT_ODOO
            process.together(virtualenv.ensure, *(() if without_odoo else (odoo_source.ensure,)))
        virtualenv.enter(arguments)
    if options.command in _FOR_DEVELOPERS:
        with lock.exclusive("setup"):
            virtualenv.ensure_development()
    # The modules below use packages of the virtual environment.
    if options.command in ("check", "test"):
        from tools import testing

        run = testing.check if options.command == "check" else testing.test
        return run(options.arguments)
    if options.command == "cluster":
        from tools.cluster import command

        return command.run()
    if options.command == "assets":
        from tools import assets

        return assets.fetch()
    if options.command == "docs":
        from tools.docs_site import building

        return building.serve()
    if options.command == "dist":
        from tools import packaging

        return packaging.distribute()
    if options.command == "translations":
        from tools import translations

        return translations.update()
    if options.command in ("lint", "format"):
        from tools import linting

        return linting.lint() if options.command == "lint" else linting.reformat()
    if options.command == "key":
        from tools import api_key

        return api_key.print_new(options.login, os.environ.get("DB"))
    if options.command == "bench":
        import bench.command_line

        return bench.command_line.run(options.arguments)
    if options.command == "load":
        import bench.load.command_line

        return bench.load.command_line.run(options.arguments)
    if options.command == "exec":
        from tools import environment

        return environment.execute(options.arguments)
    from tools import demo_server

    return demo_server.run()
