"""Which engine runs, asked in one place."""

import ast
from pathlib import Path

import pytest

import newsclf
from newsclf.engine import choice, compiled, protocol, reference
from newsclf.errors import InputError, MissingEngine

PACKAGE = Path(newsclf.__file__).parent


@pytest.mark.parametrize("engine", [compiled, reference], ids=lambda engine: engine.name)
def test_an_engine_gives_all_that_the_protocol_names(engine):
    asked = {name for name in vars(protocol.Engine) if not name.startswith("_")}
    assert {"cut", "scorer", "document_frequencies"} <= asked <= set(engine.__all__)


def test_nobody_else_asks_which_engine_runs():
    for path in PACKAGE.rglob("*.py"):
        if path.parent == PACKAGE / "engine":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "newsclf.engine":
                assert {name.name for name in node.names} <= {"choice"}, path
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                modules = [getattr(node, "module", None), *(name.name for name in node.names)]
                kernel = [m for m in modules if m and m.startswith("newsclf.engine.kernel")]
                assert not kernel or PACKAGE / "engine" in path.parents, path


def test_what_the_environment_may_ask_for(monkeypatch):
    monkeypatch.setenv("NEWSCLF_ENGINE", "fast")
    with pytest.raises(InputError, match="compiled or reference"):
        choice.engine()
    monkeypatch.setattr(choice, "_installed", lambda: False)
    monkeypatch.delenv("NEWSCLF_ENGINE")
    monkeypatch.delenv("NEWSCLF_REQUIRE_ENGINE", raising=False)
    assert choice.name() == "reference"
    monkeypatch.setenv("NEWSCLF_REQUIRE_ENGINE", "1")
    with pytest.raises(MissingEngine):
        choice.engine()
    monkeypatch.setenv("NEWSCLF_ENGINE", "reference")
    assert choice.name() == "reference"
    monkeypatch.delenv("NEWSCLF_REQUIRE_ENGINE")
    monkeypatch.setenv("NEWSCLF_ENGINE", "compiled")
    with pytest.raises(MissingEngine):
        choice.engine()
