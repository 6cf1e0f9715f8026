import configparser
import importlib.metadata
import platform
import re

from paths import ROOT

import newsclf
from newsclf.engine import choice


def test_versions_of_all_that_runs_are_shown(capsys):
    newsclf.show_versions()
    lines = capsys.readouterr().out.splitlines()
    shown = dict(re.split(r"  +", line, maxsplit=1) for line in lines)
    assert shown["newsclf"] == f"{newsclf.__version__}, {choice.name()} engine"
    assert shown["python"] == platform.python_version()
    assert re.fullmatch(r"\d+\.\d.*", shown["numpy"])
    for info in newsclf.models():
        assert shown[f"model {info.name}"] == info.version


def test_every_dependency_is_shown_and_no_tool_of_ours(capsys):
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    needed = [
        re.match(r"[\w-]+", line)[0] for line in config["options"]["install_requires"].split()
    ]
    newsclf.show_versions()
    shown = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    packages = shown[shown.index("platform") + 1 :]
    assert packages[: len(needed)] == needed
    assert {"pyarrow", "nltk"} <= set(packages[len(needed) :])
    assert not {"ruff", "pytest", "playwright"} & set(packages)


def test_a_source_that_is_installed_nowhere_still_shows_what_it_can(monkeypatch, capsys):
    def unknown(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", unknown)
    newsclf.show_versions()
    assert "pyarrow" in capsys.readouterr().out
