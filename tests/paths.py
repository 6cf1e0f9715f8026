"""Where the parts of the repository lie, for tests that read them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
SEEDS = ROOT / "seeds"
DOCS = ROOT / "docs"
