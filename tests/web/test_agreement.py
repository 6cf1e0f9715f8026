import math

import pytest

from newsclf.evaluation import evaluate
from newsclf.records.article import Article, LabelledArticle
from newsclf.web.agreement import agreement, alpha, micro_f1

pytest.importorskip("nltk", reason="Krippendorff's alpha comes from nltk")


def item(*labels, borderline=()):
    return LabelledArticle(Article("a", None, ("文",)), labels, borderline)


def test_alpha_is_one_for_readers_of_one_mind_and_below_zero_for_contraries():
    a, b = frozenset({"a"}), frozenset({"b"})
    assert alpha([(a, a), (b, b)]) == 1
    assert alpha([(a, b), (b, a)]) < 0
    # By hand: five a and three b, one article of four in dispute.
    assert math.isclose(alpha([(a, a), (a, a), (b, a), (b, b)]), 1 - (2 / 8) / (2 * 5 * 3 / 56))


def test_alpha_says_nothing_where_there_is_nothing_to_say():
    a = frozenset({"a"})
    assert alpha([]) is None
    assert alpha([(a, frozenset())]) is None
    assert alpha([(a, a), (a, a)]) is None


def test_an_overlap_of_labels_counts_as_half_way():
    a, b, both = frozenset({"a"}), frozenset({"b"}), frozenset({"a", "b"})
    none = alpha([(a, b), (b, b), (frozenset(), frozenset())])
    some = alpha([(both, b), (b, b), (frozenset(), frozenset())])
    assert none < some < 1


def test_agreement_counts_sets_and_first_themes_apart():
    pairs = [(item("a", "b"), item("b", "a")), (item("a"), item("a")), (item(), item("a"))]
    found = agreement(pairs)
    assert (found.articles, found.same, found.same_first) == (3, 2, 1)


def test_micro_f1_is_that_of_the_evaluation(tagger, lines):
    themes = [tagger.tag(line).themes for line in lines]
    report = evaluate(tagger, lines, mistakes=0, draws=10)
    assert micro_f1(lines, themes) == pytest.approx(report["micro_f1"].value)
    assert micro_f1([], []) is None
