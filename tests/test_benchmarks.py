"""Every benchmark can be imported, and is where documents say that it is.

A name that moved would otherwise show when a benchmark is run, which takes hours.
"""

import ast
import json
import re
import subprocess
import sys

import pytest
from paths import ROOT

FOLDERS = sorted(p for p in (ROOT / "benchmarks").iterdir() if any(p.glob("*.py")))
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for folder in FOLDERS
    for path in sorted(folder.glob("*.py"))
}
# What is run, by the name it is run by.
COMMANDS = {
    name.removesuffix(".__main__"): path
    for name, path in MODULES.items()
    if '\nif __name__ == "__main__":' in path.read_text("utf-8")
}
LIST = ast.get_docstring(ast.parse((ROOT / "benchmarks" / "__init__.py").read_text("utf-8")))
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "seeds" / "README.md"]
# What others publish need not be installed.
IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name.split(".")[0] in ("newsclf", "benchmarks", "generator"):
            raise
        print(name, "needs", error.name)
    else:
        print(name, "imported")
"""


def test_benchmarks_can_be_imported():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, *MODULES], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("\n") == len(MODULES)
    assert done.stdout.count(" imported\n") > len(MODULES) / 2


def test_a_folder_holds_a_benchmark_and_its_figures():
    for folder in FOLDERS:
        assert any(path.parent == folder for path in COMMANDS.values()), folder
        figures = list(folder.glob("*.json"))
        assert figures, folder
        for path in figures:
            assert json.loads(path.read_text("utf-8")), path
    outside = {p.name for p in (ROOT / "benchmarks").iterdir() if p.is_file()}
    assert outside == {"__init__.py", "shared.py"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_says_how_it_is_run(name):
    told = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert f"python -m {name}" in told
    assert f"python -m {name}" in COMMANDS[name].read_text("utf-8")
    assert f"``{name}``" in LIST


def test_what_is_said_to_run_is_there():
    told = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    told += "".join(path.read_text("utf-8") for path in MODULES.values())
    assert set(re.findall(r"python -m (benchmarks[.\w]*)", told)) == set(COMMANDS)
    assert "python benchmarks" not in told
