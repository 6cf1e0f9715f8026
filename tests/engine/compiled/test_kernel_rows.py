"""The kernel's rows, scores and occurrences against the definition in newsclf.engine.features."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from any_text import COMMON, ODD, random_texts
from hypothesis import given
from hypothesis import strategies as st

from newsclf.engine import choice
from newsclf.engine.features import FeatureSpec, Terms, Vocabulary, compiled_rows, extract
from newsclf.engine.kernel.kernel import Kernel
from newsclf.errors import InputError, ModelError
from newsclf.records.article import Article
from newsclf.text.normalization import normalize

SPECS = [
    FeatureSpec(),
    FeatureSpec((1, 2), (1, 5), 0.75, (("新质生产力", 1000), ("人大", 1))),
    FeatureSpec((2, 3), (0, 0), 0.5),
    FeatureSpec((0, 0), (4, 6), 0),
    FeatureSpec((1, 1), (1, 4), 0.2, (), "any"),
]
THEMES = 5


def articles_of(texts: list[str]) -> list[Article]:
    return [
        Article(str(i), title=text[:7] if i % 3 else None, paragraphs=(text,))
        for i, text in enumerate(texts)
    ]


class Case:
    """A model over the terms of some articles (every other one), with random weights."""

    def __init__(
        self, spec: FeatureSpec, articles: list[Article], dtype: type = np.float16
    ) -> None:
        rng = np.random.default_rng(5)
        self.spec = spec
        read = [part for article in articles for part in spec.parts(article)]
        words = dict.fromkeys(term for text in read for term in spec.word_terms(text))
        chars = dict.fromkeys(term for text in read for term in spec.char_terms(text))
        words, chars = list(words)[::2], list(chars)[::2]
        idf = rng.uniform(0.5, 9, len(words) + len(chars)).astype(np.float32)
        self.vocabulary = Vocabulary(words, chars, idf)
        self.weights = rng.normal(size=(len(idf), THEMES)).astype(dtype)
        self.bias = rng.normal(size=THEMES).astype(np.float32)
        self.kernel = self.vocabulary.kernel(spec, self.weights, self.bias)

    def check(self, articles: list[Article]) -> None:
        titles, texts = [a.title for a in articles], [a.text for a in articles]
        expected = extract(articles, self.spec, self.vocabulary)
        indptr, indices, values = compiled_rows(iter(articles), self.kernel)
        np.testing.assert_array_equal(indptr, expected.indptr)
        np.testing.assert_array_equal(indices, expected.indices)
        np.testing.assert_allclose(values, expected.values, rtol=1e-6)
        scores = self.kernel.scores(titles, texts)
        assert scores.dtype == np.float32
        for i, (start, end) in enumerate(itertools.pairwise(indptr)):
            row = values[start:end].astype(np.float64) @ self.weights[indices[start:end]].astype(
                float
            )
            np.testing.assert_allclose(
                scores[i], row + self.bias if start < end else np.full(THEMES, -np.inf), atol=1e-5
            )


@pytest.fixture(scope="module", autouse=True)
def reference() -> None:
    """Take the definition from the reference, whatever the environment says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCLF_ENGINE", "reference")
        yield


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("spec", SPECS)
def test_rows_and_scores_are_the_definition(
    spec: FeatureSpec, dtype: type, dictionary_words: list[str]
) -> None:
    articles = articles_of(
        ["\n".join(random_texts(8, seed, dictionary_words)) for seed in range(80)]
    )
    case = Case(spec, articles[:40], dtype)
    case.check(articles)


@given(
    st.lists(st.text(alphabet=st.sampled_from(COMMON + ODD), max_size=60) | st.text(), max_size=4),
    st.sampled_from(SPECS),
)
def test_any_text(texts: list[str], spec: FeatureSpec) -> None:
    articles = articles_of(texts)
    case = Case(spec, [a for a in articles if encodable(a.text)])
    case.check(articles)


def encodable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def test_half_precision_is_read_exactly() -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)].reshape(1, -1)
    made = Kernel(
        choice.cutter(), choice.characters(), Terms.pack(["中国"]), Terms.pack([]), np.ones(1, np.float32),
        (1, 1), (0, 0), 0.5, "han", halves, np.zeros(halves.size, np.float32),
    )  # fmt: skip
    np.testing.assert_array_equal(made.scores([None], ["中国"]), halves.astype(np.float32))


@pytest.mark.parametrize("spec", SPECS)
def test_occurrences_say_where_each_feature_stands(
    spec: FeatureSpec, dictionary_words: list[str]
) -> None:
    article = articles_of(["", "".join(random_texts(60, 9, dictionary_words))])[1]
    case = Case(spec, [article])
    parts = normalize(article.title or ""), normalize(article.text)
    counts: Counter[int] = Counter()
    terms = [*case.vocabulary.words, *case.vocabulary.chars]
    for feature, part, begin, end in case.kernel.occurrences(article.title, article.text).tolist():
        term = terms[feature]
        if feature < len(case.vocabulary.words):
            term = term.replace(" ", "")
        assert parts[part][begin:end] == term
        counts[feature] += 1
    expected = Counter(
        block[term]
        for name, block in (("words", case.vocabulary.words), ("chars", case.vocabulary.chars))
        for text in spec.parts(article)
        for term in spec.terms(text, name)
        if term in block
    )
    assert counts == expected


def test_threads_give_what_one_thread_gives(dictionary_words: list[str]) -> None:
    articles = articles_of(
        ["".join(random_texts(9, seed, dictionary_words)) for seed in range(300)]
    )
    case = Case(SPECS[1], articles[:50])
    batches = [
        ([a.title for a in articles[i::30]], [a.text for a in articles[i::30]]) for i in range(30)
    ]
    alone = [case.kernel.scores(*batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: case.kernel.scores(*batch), batches))
    np.testing.assert_array_equal(np.concatenate(alone), np.concatenate(together))


def test_what_is_no_text_is_refused_and_leaves_no_trace() -> None:
    case = Case(SPECS[0], articles_of(["中国人民政府工作报告"]))
    before = case.kernel.scores(["政府"], ["工作报告"])
    for titles, texts in ([None], [b"bytes"]), ([3], ["text"]), ([None], [None]):
        with pytest.raises(InputError, match="str"):
            case.kernel.scores(titles, texts)
    np.testing.assert_array_equal(case.kernel.scores(["政府"], ["工作报告"]), before)
    assert case.kernel.scores([], []).shape == (0, THEMES)


def test_a_kernel_without_weights_has_no_scores() -> None:
    made = Kernel(
        choice.cutter(), choice.characters(), Terms.pack(["中国"]), Terms.pack([]), np.ones(1, np.float32),
        (1, 1), (0, 0), 0.5,
    )  # fmt: skip
    assert made.rows([None], ["中国"])[1].tolist() == [0]
    with pytest.raises(ModelError, match="without weights"):
        made.scores([None], ["中国"])


@pytest.mark.parametrize("block", ["words", "chars"])
@pytest.mark.parametrize("spec", SPECS)
def test_counting_finds_every_term(
    spec: FeatureSpec, block: str, dictionary_words: list[str]
) -> None:
    ngrams = spec.word_ngrams if block == "words" else spec.char_ngrams
    if not ngrams[1]:
        return
    articles = articles_of(
        ["\n".join(random_texts(8, seed, dictionary_words)) for seed in range(90)]
    )
    counter = spec.counter(block)
    for some in (articles[:1], [], articles[1:50], articles[50:]):
        read = [spec.parts(article) for article in some]
        counter.add([title for title, _ in read], [text for _, text in read])
    terms, (indptr, indices, counts) = counter.terms(), counter.take()
    assert len(set(terms)) == len(terms)
    assert [a.tolist() for a in counter.take()] == [[0], [], []]
    for i, article in enumerate(articles):
        expected = Counter(term for text in spec.parts(article) for term in spec.terms(text, block))
        here = slice(indptr[i], indptr[i + 1])
        found = dict(zip((terms[k] for k in indices[here]), counts[here].tolist(), strict=True))
        assert found == expected
