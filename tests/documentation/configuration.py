"""Whether the configuration files of a page are such."""

import re

import yaml

from tools import lock, nginx

from .shell import CommandFailed, Shell

# Odoo warns of a name that it does not know and of a value that it cannot read.
_READ_BY_ODOO = """
import logging, sys
from odoo.tools import config
config.parse_config([f"--config={sys.argv[1]}", "--log-level=warn"], setup_logging=True)
"""

_NGINX = """
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{text}
}}
"""


def check_odoo(shell: Shell, text: str) -> None:
    """Let Odoo read a configuration.

    :raise CommandFailed: with what Odoo says of it
    """
    script = shell.write("read.py", _READ_BY_ODOO)
    said = shell.run(f"python3 -W ignore {script} {shell.write('odoo.conf', text)} 2>&1").text
    if said.strip():
        raise CommandFailed(said)


def check_prometheus(text: str) -> None:
    """Check what Prometheus is told to read, as far as that can be done without it.

    :raise AssertionError: it is not a list of jobs that read our metrics
    """
    (jobs,) = yaml.safe_load(text).values()
    for job in jobs:
        known = {"job_name", "metrics_path", "authorization", "static_configs"}
        assert job.keys() <= known, f"{job.keys() - known} cannot be checked"
        assert job["metrics_path"] == "/api/metrics", "this is no route for Prometheus"
        for group in job["static_configs"]:
            assert all(re.fullmatch(r"[\w.-]+:\d+", target) for target in group["targets"])


def check_nginx(shell: Shell, text: str) -> None:
    """Let nginx test a part of its configuration: what belongs within ``http``.

    :raise CommandFailed: with what nginx says of it
    """
    with lock.exclusive("setup"):
        program = nginx.ensure()
    # Only root may listen at the ports of the page.
    text = re.sub(r"\blisten \d+", "listen 127.0.0.1:18080", text)
    file = shell.write("nginx.conf", _NGINX.format(text=text))
    shell.run(f"{program} -t -q -p {file.parent} -e stderr -c {file}")
