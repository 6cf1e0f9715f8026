"""The table of extras says what setup.cfg installs, what is imported, and what documents list."""

import ast
import configparser
import re
import sys

from paths import DOCS, ROOT

from newsclf.errors import MissingExtra
from newsclf.extras import EXTRAS

# What is for work on newsclf itself: nothing in the package imports it.
DEVELOPMENT = {"dev", "e2e", "fuzz", "notebook", "test"}
# The modules of the base install, with the two packages that scikit-learn brings.
BASE = {"numpy", "sklearn", "scipy", "threadpoolctl", "jieba", "joblib", "safetensors"}
BASE |= {"typer", "rich", "charset_normalizer", "filelock"}
# Whoever passes a frame has what it is of.
OF_USERS = {"pandas", "polars"}
FILES = sorted((ROOT / "newsclf").rglob("*.py"))


def setup():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return {
        extra: {re.match(r"[\w-]+", line)[0] for line in lines.split()}
        for extra, lines in config["options.extras_require"].items()
    }


def imported(path):
    """Yield the top-level modules that a file imports, within functions too, for types not."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


def test_the_table_brings_what_setup_cfg_installs():
    found = {name: set(extra.packages.values()) for name, extra in EXTRAS.items()}
    assert found == {k: v for k, v in setup().items() if k not in DEVELOPMENT}


def test_the_documents_list_every_package():
    text = (DOCS / "dependencies.md").read_text("utf-8")
    listed, extra = set(), ""
    for name, package in re.findall(r"^\| (`\w+`)? ?\| ([\w-]+) \|", text, re.M):
        extra = name.strip("`") or extra
        listed.add((extra, package))
    rows = {(e.name, package) for e in EXTRAS.values() for package in e.packages.values()}
    assert rows <= listed


def test_whatever_is_imported_comes_with_the_base_install_or_with_an_extra():
    found = {module for path in FILES for module in imported(path)}
    extras = {module for extra in EXTRAS.values() for module in extra.packages}
    found -= sys.stdlib_module_names | BASE | OF_USERS | {"newsclf"}
    assert found == extras - {"lxml_html_clean"}  # trafilatura imports it


def test_whatever_is_missing_is_named_by_its_extra():
    named = {
        call.args[1].value
        for path in FILES
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "MissingExtra"
        if isinstance(call.args[1], ast.Constant)
    }
    assert {"parquet", "plot", "summary", "web"} <= named <= EXTRAS.keys()


def test_the_message_says_what_is_needed_and_how_to_get_it():
    error = MissingExtra("reading web pages", "html")
    assert str(error) == (
        "reading web pages needs trafilatura, lxml_html_clean: "
        'python -m pip install "newsclf[html]"'
    )
    assert error.extra == "html"
