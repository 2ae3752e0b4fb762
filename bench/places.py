"""Where the benchmark keeps its files."""

from pathlib import Path

from tools.paths import ROOT, STATE

ADDONS = Path(__file__).resolve().parent / "addons"

RESULTS_FOLDER = STATE / "bench"
RESULTS = RESULTS_FOLDER / "results.json"
TABLES = RESULTS_FOLDER / "figures.md"
PICTURE = RESULTS_FOLDER / "scaling.svg"

DOCUMENT = ROOT / "docs" / "performance.md"
DOCUMENT_PICTURE = ROOT / "docs" / "performance-scaling.svg"

LOAD_RESULTS = RESULTS_FOLDER / "load.json"
LOAD_TABLES = RESULTS_FOLDER / "load.md"
LOAD_PICTURE = RESULTS_FOLDER / "load.svg"
LOAD_DOCUMENT = ROOT / "docs" / "scaling.md"
LOAD_DOCUMENT_PICTURE = ROOT / "docs" / "scaling-workers.svg"


def replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(text)
    temporary.replace(path)
