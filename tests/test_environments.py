"""What is installed for which work: `test` holds what users can install, the rest is apart."""

import configparser
import re

import pytest
from paths import DOCS, ROOT

CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", encoding="utf-8")
EXTRAS = {k: v.split() for k, v in CONFIG["options.extras_require"].items()}
DEVELOPMENT = {"test", "dev", "e2e", "notebook", "fuzz"}
# Extras of users that tests do without: engines that tag in clusters belong here.
UNTESTED = set()


def packages(extra):
    return {re.match(r"[\w.-]+", line)[0] for line in EXTRAS[extra]} - {"newsclf"}


def test_tests_need_the_extras_of_users_and_no_engine_browser_or_notebook():
    (own,) = (line for line in EXTRAS["test"] if line.startswith("newsclf["))
    assert set(re.findall(r"\w+", own)) - {"newsclf"} == set(EXTRAS) - DEVELOPMENT - UNTESTED
    assert packages("test") == {"pytest", "hypothesis", "polars"}


@pytest.mark.parametrize("extra", sorted(DEVELOPMENT))
def test_each_has_an_environment_that_the_checks_make(extra):
    assert re.search(rf"pip install .*\[{extra}\]", (ROOT / ".ci" / "run").read_text("utf-8"))
    assert f"[{extra}]" in (DOCS / "CONTRIBUTING.md").read_text("utf-8")


@pytest.mark.parametrize("extra", sorted(DEVELOPMENT))
def test_each_package_has_its_reason(extra):
    rows = (DOCS / "dependencies.md").read_text("utf-8").partition(f"| `{extra}` |")[2]
    rows = rows.partition("\n| `")[0]
    assert {p for p in packages(extra) if f" {p} |" not in rows} == set()
