"""The configuration in ``deploy/``, with the addresses of this machine."""

import configparser
import datetime
import ipaddress
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tools.odoo_server import HOST
from tools.paths import ROOT, write_private

DEPLOY = ROOT / "deploy"


def write_odoo(path: Path, own: Path, options: Mapping[str, object]) -> None:
    """Write Odoo's configuration.

    :param own: the configuration of the development environment: where the addons are
    :param options: what is different on this machine
    """
    parser = configparser.RawConfigParser()
    parser.read(own)
    recommended = configparser.RawConfigParser()
    recommended.read(DEPLOY / "odoo.conf")
    parser["options"].update(recommended["options"])
    parser["options"].update({name: str(value) for name, value in options.items()})
    lines = [f"{name} = {value}" for name, value in parser["options"].items()]
    write_private(path, "\n".join(["[options]", *lines, ""]))


def write_nginx(
    folder: Path, servers: list[str], api_servers: list[str], ports: tuple[int, int]
) -> Path:
    """Write nginx's configuration into a folder; return the main file.

    :param servers: address and port of each Odoo server
    :param api_servers: those of each server that serves ``/api`` beside them; empty where the
        Odoo servers do
    :param ports: for HTTP, and for HTTPS
    """
    shutil.copytree(DEPLOY / "nginx", folder, dirs_exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not certificate.exists():
        _write_certificate(certificate, key)
    http = f"http {{\n{_temporary_places(folder)}"
    if api_servers:
        _fill(folder / "graphql_api_granian.conf", _upstream(8068, api_servers))
        _fill(
            folder / "graphql_api_server.conf",
            lambda text: text.replace("proxy_pass http://odoo;", "proxy_pass http://odoo_api;", 1),
        )
        http += "    include graphql_api_granian.conf;\n"
    replaced = [
        ("listen 80;", f"listen {HOST}:{ports[0]};"),
        ("listen 443 ssl", f"listen {HOST}:{ports[1]} ssl"),
        ("https://$host$request_uri", f"https://$host:{ports[1]}$request_uri"),
        ("/etc/ssl/odoo.example.com.pem", str(certificate)),
        ("/etc/ssl/odoo.example.com.key", str(key)),
        ("/var/log/nginx/access.log", str(folder / "access.log")),
        ("http {", http),
    ]
    # nginx would work as another user, who may not enter the folder.
    user = "user root;\n" if os.geteuid() == 0 else ""

    def change(text: str) -> str:
        text = _upstream(8069, servers)(text)
        for old, new in replaced:
            if old not in text:
                raise AssertionError(f"nginx.conf has no {old!r}")
            text = text.replace(old, new)
        return f"daemon off;\npid {folder}/nginx.pid;\n{user}{text}"

    return _fill(folder / "nginx.conf", change)


def _fill(path: Path, change: Callable[[str], str]) -> Path:
    """Write a file of ``deploy/nginx`` with changes; return its path."""
    path.write_text(change((DEPLOY / "nginx" / path.name).read_text()))
    return path


def _upstream(port: int, servers: list[str]) -> Callable[[str], str]:
    """Return what puts addresses in the place of the servers with a port.

    :raise AssertionError: the text has fewer servers
    """

    def change(text: str) -> str:
        examples = re.findall(rf"server 10\.0\.0\.\d+:{port}", text)
        if len(examples) < len(servers):
            raise AssertionError(f"There are fewer servers with port {port}.")
        for spare in examples[len(servers) :]:
            text = re.sub(rf"\n *{re.escape(spare)}.*", "", text)
        for example, server in zip(examples, servers, strict=False):
            text = text.replace(example, f"server {server}")
        return text

    return change


def _temporary_places(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)


def _write_certificate(certificate: Path, key: Path) -> None:
    """Write a certificate for the loopback interface, signed by nobody else."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(private, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    text = private.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(key, text.decode())
    certificate.write_bytes(signed.public_bytes(encoding))
