"""The compiled engine's rows, scores, occurrences and counts against the reference's."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from any_text import COMMON, ODD, random_texts
from hypothesis import given
from hypothesis import strategies as st

from newsclf.engine import compiled, reference
from newsclf.engine.features import BLOCKS, WORDS, FeatureBlock, FeatureSpec, Vocabulary
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
        found = {
            block: dict.fromkeys(
                term for text in read for term in reference.terms(text, spec, block)
            )
            for block in BLOCKS
        }
        terms = {block: list(of_block)[::2] for block, of_block in found.items()}
        idf = rng.uniform(0.5, 9, sum(map(len, terms.values()))).astype(np.float32)
        self.vocabulary = Vocabulary(terms, idf)
        self.weights = rng.normal(size=(len(idf), THEMES)).astype(dtype)
        self.bias = rng.normal(size=THEMES).astype(np.float32)
        arrays = spec, self.vocabulary, self.weights, self.bias
        self.reference, self.compiled = reference.scorer(*arrays), compiled.scorer(*arrays)

    def check(self, articles: list[Article]) -> None:
        titles, texts = [a.title for a in articles], [a.text for a in articles]
        expected = self.reference.rows(titles, texts)
        indptr, indices, values = self.compiled.rows(titles, texts)
        np.testing.assert_array_equal(indptr, expected.indptr)
        np.testing.assert_array_equal(indices, expected.indices)
        np.testing.assert_allclose(values, expected.values, rtol=1e-6)
        scores = self.compiled.scores(titles, texts)
        assert scores.dtype == np.float32
        np.testing.assert_allclose(scores, self.reference.scores(titles, texts), atol=1e-5)
        for i, (start, end) in enumerate(itertools.pairwise(indptr)):
            row = values[start:end].astype(np.float64) @ self.weights[indices[start:end]].astype(
                float
            )
            np.testing.assert_allclose(
                scores[i], row + self.bias if start < end else np.full(THEMES, -np.inf), atol=1e-5
            )


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


def one_word() -> Vocabulary:
    return Vocabulary({WORDS: ["中国"]}, np.ones(1, np.float32))


def test_half_precision_is_read_exactly() -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)].reshape(1, -1)
    made = compiled.scorer(FeatureSpec(), one_word(), halves, np.zeros(halves.size, np.float32))
    np.testing.assert_array_equal(made.scores([None], ["中国"]), halves.astype(np.float32))


@pytest.mark.parametrize("spec", SPECS)
def test_occurrences_say_where_each_feature_stands(
    spec: FeatureSpec, dictionary_words: list[str]
) -> None:
    article = articles_of(["", "".join(random_texts(60, 9, dictionary_words))])[1]
    case = Case(spec, [article])
    parts = normalize(article.title or ""), normalize(article.text)
    found = case.compiled.occurrences(article.title, article.text).tolist()
    assert sorted(found) == sorted(case.reference.occurrences(article.title, article.text).tolist())
    terms = {i: term for block in BLOCKS for term, i in case.vocabulary[block].items()}
    words = case.vocabulary.columns[WORDS]
    for feature, part, begin, end in found:
        joined = terms[feature].replace(" ", "") if feature < words.stop else terms[feature]
        assert parts[part][begin:end] == joined


def test_threads_give_what_one_thread_gives(dictionary_words: list[str]) -> None:
    articles = articles_of(
        ["".join(random_texts(9, seed, dictionary_words)) for seed in range(300)]
    )
    case = Case(SPECS[1], articles[:50])
    batches = [
        ([a.title for a in articles[i::30]], [a.text for a in articles[i::30]]) for i in range(30)
    ]
    alone = [case.compiled.scores(*batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: case.compiled.scores(*batch), batches))
    np.testing.assert_array_equal(np.concatenate(alone), np.concatenate(together))


def test_what_is_no_text_is_refused_and_leaves_no_trace() -> None:
    case = Case(SPECS[0], articles_of(["中国人民政府工作报告"]))
    before = case.compiled.scores(["政府"], ["工作报告"])
    for titles, texts in ([None], [b"bytes"]), ([3], ["text"]), ([None], [None]):
        with pytest.raises(InputError, match="str"):
            case.compiled.scores(titles, texts)
    np.testing.assert_array_equal(case.compiled.scores(["政府"], ["工作报告"]), before)
    assert case.compiled.scores([], []).shape == (0, THEMES)


def test_a_scorer_without_weights_has_no_scores() -> None:
    for engine in (compiled, reference):
        made = engine.scorer(FeatureSpec(), one_word())
        assert made.rows([None], ["中国"]).indices.tolist() == [0]
        with pytest.raises(ModelError, match="without weights"):
            made.scores([None], ["中国"])


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
@pytest.mark.parametrize("spec", SPECS)
def test_counting_finds_every_term(
    spec: FeatureSpec, block: FeatureBlock, dictionary_words: list[str]
) -> None:
    articles = articles_of(
        ["\n".join(random_texts(8, seed, dictionary_words)) for seed in range(90)]
    )
    read = [spec.parts(article) for article in articles]
    for least, always in ((1, []), (3, ["人", "中国", "没有人写过的词"])):
        found, expected = (
            engine.document_frequencies(read, spec, block, least=least, always=always)
            for engine in (compiled, reference)
        )
        assert found == expected
    if not spec.ngrams(block)[1]:
        assert not found
        return
    counter = compiled.counter(spec, block)
    for some in (read[:1], [], read[1:50], read[50:]):
        counter.add([title for title, _ in some], [text for _, text in some])
    terms, (indptr, indices, counts) = counter.terms(), counter.take()
    assert len(set(terms)) == len(terms)
    assert [a.tolist() for a in counter.take()] == [[0], [], []]
    for i, parts in enumerate(read):
        expected = Counter(t for part in parts for t in reference.terms(part, spec, block))
        here = slice(indptr[i], indptr[i + 1])
        found = dict(zip((terms[k] for k in indices[here]), counts[here].tolist(), strict=True))
        assert found == expected
