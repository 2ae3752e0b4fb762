"""The packages of the measurements, each in a folder of its own."""

from pathlib import Path

from bench.places import RESULTS_FOLDER
from tools.package_folder import PackageFolder

_HERE = Path(__file__).resolve().parent

FASTAPI = PackageFolder(
    "OCA's fastapi", RESULTS_FOLDER / "fastapi", _HERE / "requirements-fastapi.txt"
)
LOCUST = PackageFolder("locust", RESULTS_FOLDER / "locust", _HERE / "requirements-locust.txt")
