"""Every benchmark can be imported: a name that moved would otherwise show when it is run."""

import subprocess
import sys

import pytest
from paths import ROOT

FOLDER = ROOT / "benchmarks"
# One process a folder, for both have a peers.py. What others publish need not be installed.
IMPORT = """
import runpy, sys
from pathlib import Path
folder = Path(sys.argv.pop())
sys.path.insert(0, str(folder))
for path in sorted(folder.glob("*.py")):
    try:
        runpy.run_path(str(path), run_name="imported")
    except ModuleNotFoundError as error:
        if error.name.split(".")[0] in ("newsclf", *(p.stem for p in folder.glob("*.py"))):
            raise
        print(path.name, "needs", error.name)
    else:
        print(path.name, "imported")
"""


@pytest.mark.parametrize("folder", [".", "speed", "accuracy"])
def test_benchmarks_can_be_imported(folder):
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(FOLDER / folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("\n") == len(list((FOLDER / folder).glob("*.py")))
    assert " imported\n" in done.stdout
