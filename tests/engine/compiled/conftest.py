"""What the tests of the compiled engine share."""

import pytest

from newsclf import tokens
from newsclf.engine import choice

if not choice.compiled():
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def dictionary_words() -> list[str]:
    return [w for w, frequency in tokens.segmenter().FREQ.items() if frequency][::23]
