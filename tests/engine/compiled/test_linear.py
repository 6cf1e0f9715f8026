"""Time is linear in the text, whatever it holds: counted in accesses to arrays, not in seconds."""

import numpy as np
import pytest

from newsclf.engine import compiled
from newsclf.engine.features import CHARS, FeatureSpec, Vocabulary
from newsclf.engine.kernel import arrays, cutting, scoring

pytestmark = pytest.mark.skipif(
    not arrays.CHECKED, reason="accesses are counted by the checked build (NEWSCLF_CHECKED=1)"
)

REPEATED = [
    "的",
    "龘",
    "7",
    "a",
    "7.",
    "a%-",
    "中国",
    "中华人民共和国",
    "的 ",
    "，",
    "\r\n",
    "\ud800",
]


def cost(work: object, *args: object) -> int:
    before = cutting.accesses() + scoring.accesses()
    work(*args)  # type: ignore[operator]
    return cutting.accesses() + scoring.accesses() - before


@pytest.mark.parametrize("hmm", [True, False])
@pytest.mark.parametrize("unit", REPEATED)
def test_cutting(unit: str, hmm: bool) -> None:
    cut = compiled.cutter((("的的的的的", 3), ("7a", 10))).cut
    once, ten_times = cost(cut, unit * 2_000, hmm), cost(cut, unit * 20_000, hmm)
    assert ten_times < 10.5 * once
    assert ten_times < 150 * len(unit * 20_000)


@pytest.mark.parametrize("unit", REPEATED)
def test_scoring(unit: str) -> None:
    spec = FeatureSpec((1, 3), (1, 5), 0.5, char_runs="any")
    vocabulary = Vocabulary({CHARS: ["的的"]}, np.ones(1, np.float32))
    weights = np.ones((1, 3), np.float32)
    made = compiled.scorer(spec, vocabulary, weights, np.zeros(3, np.float32))
    once, ten_times = (cost(made.scores, [""], [unit * n]) for n in (2_000, 20_000))
    assert ten_times < 10.5 * once
