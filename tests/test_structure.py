"""The structure: imports go one way, without circles; small files; each class name once; no pickle."""

import ast
import importlib
import inspect
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

import newsclf

PACKAGE = Path(newsclf.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# From the ground up; a package may import from the layers below its own, and from itself.
LAYERS = (
    ("_version", "extras", "parallel"),
    ("errors",),
    ("records",),
    ("text", "outputs"),
    ("engine",),
    ("tokens",),
    ("inputs", "pages"),
    ("model",),
    ("tagger", "versions"),
    ("batch", "labels"),
    ("training",),
    ("evaluation", "summary"),
    ("retraining",),
    ("web",),
    ("cli",),
    ("__main__",),
)
LAYER = {name: layer for layer, names in enumerate(LAYERS) for name in names}
# `Tagger.adapt` is where people look for it; what it does is training. The only import that goes
# up, and the only one that closes a circle.
UPWARD = {("newsclf.tagger.tagger", "newsclf.training.adapting")}


def module_of(path):
    """Name a file as it is imported; a package has the name of its folder."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in [*FILES, *PACKAGE.rglob("*.pyx")]}


def package_of(module):
    return module.removeprefix("newsclf").lstrip(".").partition(".")[0]


def imports(path):
    """Yield the modules of newsclf that a file imports, wherever in the file that is.

    Imports inside a function count, for they tie two modules together as firmly as others, only
    later; and so do those for type checking alone, for who reads the file has to know both. That
    importing a module runs the `__init__` of its package does not count: that one is a list of
    names, and every package that has such a list would be a circle.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".pyx":  # Cython is no Python that ast reads
        found = re.findall(r"^[ ]*(?:from|c?import) (newsclf[.\w]*)", text, flags=re.MULTILINE)
        yield from found
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in whole]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] == "newsclf")


IMPORTS = {
    module: set(imports(path)) - {module}
    for module, path in MODULES.items()
    if module != "newsclf"  # imports each public name when it is asked for
}


@pytest.mark.parametrize("module", IMPORTS)
def test_imports_go_one_way(module):
    package = package_of(module)
    for other in IMPORTS[module]:
        if package_of(other) == package or (module, other) in UPWARD:
            continue
        assert {package, package_of(other)} <= LAYER.keys(), "a package needs its place in LAYERS"
        assert LAYER[package_of(other)] < LAYER[package], f"{module} imports {other}"


def test_the_package_itself_imports_nothing_until_it_is_asked():
    tree = ast.parse(MODULES["newsclf"].read_text(encoding="utf-8"))
    names = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.startswith("newsclf")} == {"newsclf._version"}


def circles(edges):
    """Return the groups of names that lead to one another."""
    names = sorted({name for edge in edges for name in edge})
    ends = np.array([[names.index(name) for name in edge] for edge in sorted(edges)])
    graph = csr_array((np.ones(len(ends)), ends.T), shape=(len(names), len(names)))
    _, group_of = connected_components(graph, connection="strong")
    groups = defaultdict(list)
    for name, group in zip(names, group_of.tolist(), strict=True):
        groups[group].append(name)
    return [group for group in groups.values() if len(group) > 1]


def test_no_circle_but_the_declared_one():
    edges = {(module, other) for module, others in IMPORTS.items() for other in others}
    assert edges >= UPWARD, "an upward import that is not there any more is declared"
    assert circles(edges - UPWARD) == []
    assert len(circles(edges)) == 1
    packages = {(package_of(a), package_of(b)) for a, b in edges - UPWARD}
    assert circles({(a, b) for a, b in packages if a != b}) == []


def test_no_public_class_name_stands_for_two_things():
    places = defaultdict(list)
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module_of(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


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
    module = importlib.import_module(module_of(path))
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name)
