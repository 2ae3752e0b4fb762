"""Where the benchmark keeps its files."""

from pathlib import Path

from tools.paths import ROOT, STATE

ADDONS = Path(__file__).resolve().parent / "addons"
REQUIREMENTS = Path(__file__).resolve().parent / "requirements-fastapi.txt"

RESULTS_FOLDER = STATE / "bench"
RESULTS = RESULTS_FOLDER / "results.json"
TABLES = RESULTS_FOLDER / "figures.md"
PICTURE = RESULTS_FOLDER / "scaling.svg"
FASTAPI_PACKAGES = RESULTS_FOLDER / "fastapi"

DOCUMENT = ROOT / "docs" / "performance.md"
DOCUMENT_PICTURE = ROOT / "docs" / "performance-scaling.svg"
