"""The house rules: one direction of imports, small files, no pickle, documented names."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import newsclf

PACKAGE = Path(newsclf.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# From the ground up; a room may import rooms of lower floors, and itself.
FLOORS = (
    ("_version", "errors", "parallel"),
    ("records",),
    ("text", "outputs"),
    ("engine",),
    ("tokens",),
    ("inputs", "pages"),
    ("labels",),
    ("model",),
    ("tagger", "versions"),
    ("batch", "training"),
    ("evaluation", "summary"),
    ("retraining",),
    ("web",),
    ("cli",),
    ("__main__",),
)
# `Tagger.adapt` is where people look for it; what it does is training.
UPSTAIRS = {("tagger", "training")}
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path):
    """Rooms of newsclf that a file imports, inside functions too, for type checking not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("newsclf."))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_one_way(path):
    room = room_of(path)
    if room == "__init__":  # the front door, which opens every room when it is asked for
        assert set(imports(path)) == {"_version"}
        return
    for other in set(imports(path)) - {room}:
        if (room, other) in UPSTAIRS:
            continue
        assert {room, other} <= FLOOR.keys(), "a new room needs a floor above"
        assert FLOOR[other] < FLOOR[room], f"{room} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_files_are_small_and_open_no_pickles(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    for word in ("import pickle", "joblib.load", "allow_pickle", "import marshal", "import shelve"):
        assert word not in text


def test_every_public_name_is_there_and_documented():
    assert sorted(newsclf.__all__) == newsclf.__all__ == dir(newsclf)
    for name in newsclf.__all__:
        value = getattr(newsclf, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), name
            for member, method in vars(value).items() if inspect.isclass(value) else ():
                if not member.startswith("_") and inspect.isfunction(method):
                    assert inspect.getdoc(method), f"{name}.{member}"


def test_no_other_names_are_there():
    with pytest.raises(AttributeError, match="no_such_name"):
        newsclf.no_such_name  # noqa: B018


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_modules_list_what_they_offer(path):
    if path.name == "__main__.py":
        return
    module = importlib.import_module(
        ".".join(("newsclf", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
            ".__init__"
        )
    )
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name)
