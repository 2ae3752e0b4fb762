"""The configuration in ``deploy/``, with the addresses of this machine."""

import configparser
import datetime
import ipaddress
import os
import re
import shutil
from collections.abc import Mapping
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


def write_nginx(folder: Path, servers: list[str], ports: tuple[int, int]) -> Path:
    """Write nginx's configuration into a folder; return the main file.

    :param servers: address and port of each Odoo server
    :param ports: for HTTP, and for HTTPS
    """
    shutil.copytree(DEPLOY / "nginx", folder, dirs_exist_ok=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not certificate.exists():
        _write_certificate(certificate, key)
    text = (DEPLOY / "nginx" / "nginx.conf").read_text()
    upstream = re.findall(r"server 10\.0\.0\.\d+:8069", text)
    if len(upstream) < len(servers):
        raise AssertionError("nginx.conf has fewer servers")
    for spare in upstream[len(servers) :]:
        text = re.sub(rf"\n *{re.escape(spare)}.*", "", text)
    replaced = [
        *((old, f"server {new}") for old, new in zip(upstream, servers, strict=False)),
        ("listen 80;", f"listen {HOST}:{ports[0]};"),
        ("listen 443 ssl", f"listen {HOST}:{ports[1]} ssl"),
        ("https://$host$request_uri", f"https://$host:{ports[1]}$request_uri"),
        ("/etc/ssl/odoo.example.com.pem", str(certificate)),
        ("/etc/ssl/odoo.example.com.key", str(key)),
        ("/var/log/nginx/access.log", str(folder / "access.log")),
        ("http {", f"http {{\n{_temporary_places(folder)}"),
    ]
    for old, new in replaced:
        if old not in text:
            raise AssertionError(f"nginx.conf has no {old!r}")
        text = text.replace(old, new)
    if os.geteuid() == 0:
        # nginx would work as another user, who may not enter the folder.
        text = f"user root;\n{text}"
    main = folder / "nginx.conf"
    main.write_text(f"daemon off;\npid {folder}/nginx.pid;\n{text}")
    return main


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
