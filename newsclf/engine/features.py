"""Features: what of an article the model sees. One definition, held in the model's manifest.

Title and text are read apart. Each becomes two blocks of counts: words (jieba) and character
n-grams, inside runs of Han characters or across the text. A count c of feature f becomes
``(1 + ln c) * idf[f]``, and each block is divided by its own Euclidean norm. Then the two are
added, the title with `title_share`, the text with the rest, so that a headline weighs the same over
a brief and over a report. scikit-learn's ``TfidfVectorizer(analyzer=..., sublinear_tf=True)`` on
``word_terms`` and ``char_terms`` gives the same blocks; tests hold it to that.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from newsclf import tokens
from newsclf.engine import choice
from newsclf.errors import InputError, ModelError
from newsclf.records.article import Article, Reading
from newsclf.text.normalization import normalize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from newsclf.engine.kernel.kernel import Kernel, TermCounter

__all__ = [
    "BlockName",
    "FeatureSpec",
    "Rows",
    "Terms",
    "Vocabulary",
    "compiled_rows",
    "extract",
    "share_of_title",
]

BlockName = Literal["words", "chars"]
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_BATCH = 1024  # articles that the kernel works on at a time


@dataclass(frozen=True)
class FeatureSpec:
    """Which terms are made of an article.

    Attributes
    ----------
    word_ngrams, char_ngrams : (int, int)
        Shortest and longest n-gram of a block; ``(0, 0)`` leaves the block out.
    char_runs : "han" or "any"
        Whether character n-grams lie within runs of Han characters, or within the whole text with
        its spaces, punctuation, letters and digits: in titles these tell a lot.
    title_share : float
        What the title's block counts for beside the text's, from 0 (titles are not read) to below
        1. Where title or text has no feature of a block, the other has all of it.
    added_words : tuple of (word, frequency)
        Words beside jieba's dictionary.

    Raises
    ------
    InputError
        Lengths or frequencies that mean nothing.
    """

    word_ngrams: tuple[int, int] = (1, 1)
    char_ngrams: tuple[int, int] = (2, 3)
    title_share: float = 1 / 3
    added_words: tuple[tuple[str, int], ...] = ()
    char_runs: Literal["han", "any"] = "han"

    def __post_init__(self) -> None:
        for name in ("word_ngrams", "char_ngrams"):
            shortest, longest = getattr(self, name)
            if (shortest, longest) != (0, 0) and not 1 <= shortest <= longest:
                raise InputError(
                    f"{name}: expected the shortest and longest n-gram from 1 on, or (0, 0) for "
                    f"none, got {(shortest, longest)}"
                )
        if self.char_runs not in ("han", "any"):
            raise InputError(f'char_runs: expected "han" or "any", got {self.char_runs!r}')
        if not 0 <= self.title_share < 1:
            raise InputError(f"title_share: expected 0 up to less than 1, got {self.title_share}")
        # To jieba a frequency of 0 means: never again, in any tokenizer of the process.
        if odd := [word for word, frequency in self.added_words if frequency < 1]:
            raise InputError(f"added_words: expected frequencies from 1 on, not so: {odd[0]!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> FeatureSpec:
        """Read the JSON form, in which tuples are lists."""
        if unknown := set(record) - {field.name for field in fields(cls)}:
            raise InputError(f"features: unknown settings {', '.join(sorted(unknown))}")
        return cls(
            word_ngrams=tuple(record["word_ngrams"]),
            char_ngrams=tuple(record["char_ngrams"]),
            title_share=float(record["title_share"]),
            added_words=tuple((str(w), int(n)) for w, n in record["added_words"]),
            char_runs=record.get("char_runs", "han"),
        )

    def parts(self, article: Article | Reading) -> tuple[str, str]:
        """Return title and text as they are read: without a title where it has no share."""
        return (self.title_share > 0 and article.title) or "", article.text

    def word_terms(self, text: str) -> Iterator[str]:
        """Yield the word n-grams of a text; punctuation ends an n-gram."""
        shortest, longest = self.word_ngrams
        if not longest:
            return
        recent: list[str] = []
        for word in tokens.words(normalize(text), self.added_words):
            if not is_word(word):
                recent.clear()
                continue
            recent = [*recent[-(longest - 1) :], word] if longest > 1 else [word]
            for n in range(shortest, len(recent) + 1):
                yield " ".join(recent[-n:])

    def char_terms(self, text: str) -> Iterator[str]:
        """Yield the character n-grams of a text, within runs of characters."""
        shortest, longest = self.char_ngrams
        if not longest:
            return
        for _, run in self.runs(normalize(text)):
            for n in range(shortest, longest + 1):
                for i in range(len(run) - n + 1):
                    yield run[i : i + n]

    def terms(self, text: str, block: BlockName) -> Iterator[str]:
        """Yield the terms of one block of a text."""
        return self.word_terms(text) if block == "words" else self.char_terms(text)

    def ngrams(self, block: BlockName) -> tuple[int, int]:
        """Return the shortest and longest n-gram of one block."""
        return self.word_ngrams if block == "words" else self.char_ngrams

    def counter(self, block: BlockName) -> TermCounter:
        """Return the compiled engine's counter of the terms of one block."""
        return choice.counter(self, block)

    def runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield offset and characters of each run within which character n-grams lie."""
        if self.char_runs == "any":
            yield 0, text
        else:
            for match in _han_runs().finditer(text):
                yield match.start(), match.group()


@functools.cache
def _han_runs() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]+")  # where it is needed: it takes a millisecond


def is_word(token: str) -> bool:
    """Tell words from punctuation and space: a word has a letter, a digit or a Han character."""
    return any(map(str.isalnum, token))


class Rows(NamedTuple):
    """Sparse rows (CSR): row i holds ``indices[indptr[i]:indptr[i+1]]`` and as many `values`."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: NDArray[np.float32]

    @classmethod
    def stack(cls, parts: Iterable[Rows]) -> Rows:
        """Return the rows of all parts, one after the other."""
        parts = list(parts)
        sizes = [np.diff(part.indptr) for part in parts]
        return cls(
            np.cumsum(np.concatenate([[0], *sizes]), dtype=np.int64),
            np.concatenate([np.empty(0, np.int32), *(part.indices for part in parts)]),
            np.concatenate([np.empty(0, np.float32), *(part.values for part in parts)]),
        )


class Terms(NamedTuple):
    """Terms as model folders hold them: joined as UTF-8, and the offset at which each ends."""

    utf8: NDArray[np.uint8]
    ends: NDArray[np.uint32]

    @classmethod
    def pack(cls, terms: Iterable[str]) -> Terms:
        """Join terms."""
        encoded = [term.encode("utf-8", "surrogatepass") for term in terms]
        ends = np.cumsum([len(e) for e in encoded], dtype=np.uint32)
        return cls(np.frombuffer(b"".join(encoded), np.uint8), ends)

    def unpack(self) -> list[str]:
        """Return the terms."""
        whole, stops = self.utf8.tobytes(), self.ends.tolist()
        return [
            whole[start:end].decode("utf-8", "surrogatepass")
            for start, end in itertools.pairwise([0, *stops])
        ]


class Vocabulary:
    """The features of a model: terms of both blocks with their inverse document frequency.

    Parameters
    ----------
    words, chars : iterable of str, or Terms
        Terms of the two blocks; feature ids count through words, then chars.
    idf : array of shape (n_features,), float32
    """

    def __init__(
        self, words: Iterable[str] | Terms, chars: Iterable[str] | Terms, idf: NDArray[Any]
    ) -> None:
        self.packed = _packed(words), _packed(chars)
        self.idf = np.asarray(idf, dtype=np.float32)

    @functools.cached_property
    def words(self) -> dict[str, int]:
        """Feature ids of the words."""
        return self._ids(self.packed[0], 0)

    @functools.cached_property
    def chars(self) -> dict[str, int]:
        """Feature ids of the character n-grams."""
        return self._ids(self.packed[1], len(self.packed[0].ends))

    def _ids(self, terms: Terms, first: int) -> dict[str, int]:
        try:
            ids = {term: i for i, term in enumerate(terms.unpack(), first)}
        except UnicodeDecodeError as error:
            raise ModelError(f"the vocabulary holds a term that is not UTF-8: {error}") from error
        if len(ids) != len(terms.ends):
            raise ModelError("the vocabulary holds a term twice")
        return ids

    def kernel(
        self,
        spec: FeatureSpec,
        weights: NDArray[Any] | None = None,
        bias: NDArray[np.float32] | None = None,
    ) -> Kernel:
        """Return the compiled engine over this vocabulary; see newsclf/engine/kernel/kernel.pyx."""
        return choice.kernel(spec, self.packed[0], self.packed[1], self.idf, weights, bias)

    def __len__(self) -> int:
        return len(self.idf)


def _packed(terms: Iterable[str] | Terms) -> Terms:
    return terms if isinstance(terms, Terms) else Terms.pack(terms)


def extract(
    articles: Iterable[Article | Reading], spec: FeatureSpec, vocabulary: Vocabulary
) -> Rows:
    """Return the features of articles: damped counts times idf, one norm a part and block.

    Returns
    -------
    Rows
        float32, shape (n_articles, len(vocabulary)) as sparse rows; ids rise within a block.
    """
    if choice.compiled():
        return compiled_rows(articles, vocabulary.kernel(spec))
    indptr, indices, values = [0], [], []
    for article in articles:
        title, text = spec.parts(article)
        for block, terms in (
            (vocabulary.words, spec.word_terms),
            (vocabulary.chars, spec.char_terms),
        ):
            ids, weights = _added(
                _block(terms(title), block, vocabulary.idf),
                _block(terms(text), block, vocabulary.idf),
                spec.title_share,
            )
            indices.append(ids)
            values.append(weights)
        indptr.append(indptr[-1] + len(indices[-2]) + len(indices[-1]))
    return Rows(
        np.asarray(indptr, np.int64),
        np.concatenate(indices) if indices else np.empty(0, np.int32),
        np.concatenate(values).astype(np.float32) if values else np.empty(0, np.float32),
    )


def compiled_rows(articles: Iterable[Article | Reading], kernel: Kernel) -> Rows:
    """Return what `extract` does, from a kernel."""
    stream = iter(articles)
    parts = []
    while batch := list(itertools.islice(stream, _BATCH)):
        parts.append(Rows(*kernel.rows([a.title for a in batch], [a.text for a in batch])))
    return Rows.stack(parts)


def share_of_title(in_title: Any, in_text: Any, share: float) -> NDArray[np.float64]:
    """Return what titles count for, given how many features are in title and text, of a block."""
    return np.where(in_title, np.where(in_text, share, 1.0), 0.0)


_Block = tuple["NDArray[np.int32]", "NDArray[np.float64]"]


def _added(title: _Block, text: _Block, share: float) -> _Block:
    """Return title and text as one block: ids that rise, and values."""
    share = float(share_of_title(len(title[0]), len(text[0]), share))
    ids = np.union1d(title[0], text[0])
    values = np.zeros(len(ids))
    values[np.searchsorted(ids, title[0])] = share * title[1]
    values[np.searchsorted(ids, text[0])] += (1.0 - share) * text[1]
    return ids, values


def _block(terms: Iterable[str], block: Mapping[str, int], idf: NDArray[np.float32]) -> _Block:
    counts = Counter(block[term] for term in terms if term in block)
    ids = np.fromiter(counts, np.int32, len(counts))
    order = np.argsort(ids)
    ids = ids[order]
    tally = np.fromiter(counts.values(), np.float64, len(counts))[order]
    weights = (1.0 + np.log(tally)) * idf[ids]
    norm = np.sqrt(np.sum(weights * weights))
    return ids, weights / norm if norm > 0 else weights
