"""What the tests of the compiled engine share."""

import pytest

from newsclf.engine import choice, reference

if choice.name() != "compiled":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def dictionary_words() -> list[str]:
    return [w for w, frequency in reference.segmenter().FREQ.items() if frequency][::23]
