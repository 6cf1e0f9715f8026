"""Every file is written through newsclf.outputs: nobody else opens one to write, locks or hashes."""

import ast
from pathlib import Path

import newsclf

PACKAGE = Path(newsclf.__file__).parent
CALLS = {
    *(
        "write_text",
        "write_bytes",
        "mkdtemp",
        "mkstemp",
        "NamedTemporaryFile",
        "TemporaryDirectory",
    ),
    *("fsync", "fdatasync", "file_digest", "FileLock", "SoftFileLock", "rename", "symlink_to"),
}
ELSEWHERE = {
    # Files within a folder that newsclf.outputs publishes.
    "model/storage.py": {"write_bytes"},
    # Scratch folders, which are no output.
    "inputs/streams.py": {"NamedTemporaryFile"},
    "tagger/tagger.py": {"TemporaryDirectory"},
    # Makes a file of the package, from its sources.
    "engine/kernel/build_dictionary.py": {"write_bytes"},
}


def calls(path):
    """Names of calls that write a file, hold a lock or hash a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        modes = [a.value for a in values if isinstance(a, ast.Constant)]
        if name in CALLS:
            yield name
        elif name == "open" and any(isinstance(m, str) and set(m) & set("wax+") for m in modes):
            yield "open"


def test_files_are_written_by_one_package():
    found = {
        path.relative_to(PACKAGE).as_posix(): set(calls(path))
        for path in PACKAGE.rglob("*.py")
        if "outputs" not in path.relative_to(PACKAGE).parts
    }
    assert {name: names for name, names in found.items() if names} == ELSEWHERE


def test_in_that_package_each_is_done_once():
    found = [name for path in (PACKAGE / "outputs").glob("*.py") for name in calls(path)]
    assert found.count("file_digest") == found.count("FileLock") == 1
