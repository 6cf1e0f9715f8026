import configparser
import platform
import re

from paths import ROOT

import newsclf
from newsclf.engine import choice
from newsclf.versions import DEPENDENCIES

SETUP = ROOT / "setup.cfg"


def test_versions_of_all_that_runs_are_shown(capsys):
    newsclf.show_versions()
    lines = capsys.readouterr().out.splitlines()
    shown = dict(re.split(r"  +", line, maxsplit=1) for line in lines)
    assert shown["newsclf"] == f"{newsclf.__version__}, {choice.name()} engine"
    assert shown["python"] == platform.python_version()
    assert re.fullmatch(r"\d+\.\d.*", shown["numpy"])
    for info in newsclf.models():
        assert shown[f"model {info.name}"] == info.version


def test_dependencies_shown_are_those_installed():
    config = configparser.ConfigParser()
    config.read(SETUP, encoding="utf-8")

    def names(lines):
        return {re.match(r"[\w-]+", line)[0] for line in lines.split()}

    assert set(DEPENDENCIES["needed"]) == names(config["options"]["install_requires"])
    extras = set().union(*map(names, config["options.extras_require"].values()))
    assert set(DEPENDENCIES["optional"]) <= extras
