"""Features as data: what is asked of an article, the vocabulary, and sparse rows.

Title and text are read apart. Each becomes blocks of counts, one for each kind of terms: words
(jieba), and character n-grams inside runs of Han characters or across the text
(``newsclf.engine.terms`` defines them). A count c of feature f becomes ``(1 + ln c) * idf[f]``, and
each block is divided by its own Euclidean norm. Then title and text are added, the title with
`title_share`, the text with the rest, so that a headline weighs the same over a brief and over a
report. scikit-learn's ``TfidfVectorizer(analyzer=..., sublinear_tf=True)`` on the same terms gives
the same blocks; tests hold it to that.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from newsclf.errors import InputError, ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from newsclf.records.article import Article, Reading

__all__ = [
    "BLOCKS",
    "CHARS",
    "CHUNK",
    "WORDS",
    "FeatureBlock",
    "FeatureSpec",
    "Parts",
    "Rows",
    "Terms",
    "Vocabulary",
    "share_of_title",
]

CHUNK = 1000  # articles that an engine is given at a time, where there are many
_LONGEST = 64

Parts = tuple[str, str]
"""Title and text of an article as they are read; a missing title is empty."""


class FeatureBlock(NamedTuple):
    """A kind of terms: a row of the specification.

    Attributes
    ----------
    name : str
        What its arrays are called in a model folder.
    setting : str
        The setting of `FeatureSpec` that holds its shortest and longest n-gram.
    """

    name: str
    setting: str


WORDS = FeatureBlock("words", "word_ngrams")
CHARS = FeatureBlock("chars", "char_ngrams")
BLOCKS = (WORDS, CHARS)
"""All kinds of terms, in the order of their features."""


@dataclass(frozen=True)
class FeatureSpec:
    """Which terms are made of an article.

    Attributes
    ----------
    word_ngrams, char_ngrams : (int, int)
        Shortest and longest n-gram of a block, up to 64; ``(0, 0)`` leaves the block out.
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
        for block in BLOCKS:
            shortest, longest = self.ngrams(block)
            if (shortest, longest) != (0, 0) and not 1 <= shortest <= longest <= _LONGEST:
                raise InputError(
                    f"{block.setting}: expected the shortest and longest n-gram from 1 to "
                    f"{_LONGEST}, or (0, 0) for none, got {(shortest, longest)}"
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

    def ngrams(self, block: FeatureBlock) -> tuple[int, int]:
        """Return the shortest and longest n-gram of a block; (0, 0): it is left out."""
        shortest, longest = getattr(self, block.setting)
        return shortest, longest

    def only(self, block: FeatureBlock) -> FeatureSpec:
        """Return the same with all blocks but one left out."""
        settings: dict[str, Any] = {b.setting: (0, 0) for b in BLOCKS if b != block}
        return replace(self, **settings)

    def parts(self, article: Article | Reading) -> Parts:
        """Return title and text as they are read: without a title where it has no share."""
        return (self.title_share > 0 and article.title) or "", article.text


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
    """The features of a model: the terms of all blocks with their inverse document frequency.

    Parameters
    ----------
    terms : mapping of FeatureBlock to iterable of str, or to Terms
        A block that is missing has none. Feature ids count through the blocks in their order.
    idf : array of shape (n_features,), float32

    Attributes
    ----------
    packed : dict of FeatureBlock to Terms
    columns : dict of FeatureBlock to slice
        Where the features of each block lie.
    """

    def __init__(
        self, terms: Mapping[FeatureBlock, Iterable[str] | Terms], idf: NDArray[Any]
    ) -> None:
        self.packed = {block: _packed(terms.get(block, ())) for block in BLOCKS}
        self.idf = np.asarray(idf, dtype=np.float32)
        self.columns: dict[FeatureBlock, slice] = {}
        end = 0
        for block, joined in self.packed.items():
            start, end = end, end + len(joined.ends)
            self.columns[block] = slice(start, end)
        self._ids: dict[FeatureBlock, dict[str, int]] = {}

    def __getitem__(self, block: FeatureBlock) -> dict[str, int]:
        """Return the terms of a block with their feature ids, in order.

        Raises
        ------
        ModelError
            The terms are not UTF-8, or one is there twice.
        """
        if block not in self._ids:
            self._ids[block] = self._unpacked(block)
        return self._ids[block]

    def _unpacked(self, block: FeatureBlock) -> dict[str, int]:
        terms, first = self.packed[block], self.columns[block].start
        try:
            ids = {term: i for i, term in enumerate(terms.unpack(), first)}
        except UnicodeDecodeError as error:
            raise ModelError(f"the vocabulary holds a term that is not UTF-8: {error}") from error
        if len(ids) != len(terms.ends):
            raise ModelError("the vocabulary holds a term twice")
        return ids

    def __len__(self) -> int:
        return len(self.idf)


def _packed(terms: Iterable[str] | Terms) -> Terms:
    return terms if isinstance(terms, Terms) else Terms.pack(terms)


def share_of_title(in_title: Any, in_text: Any, share: float) -> NDArray[np.float64]:
    """Return what titles count for, given how many features are in title and text, of a block."""
    return np.where(in_title, np.where(in_text, share, 1.0), 0.0)
