"""newsclf: which governance themes a Chinese news article is about, how sure, and why.

>>> import newsclf
>>> tagger = newsclf.load()
>>> tagger.tag("县医院新院区启用\\n新院区设床位149张，门诊、急诊和住院部同日开诊。").themes
('health',)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from newsclf._version import __version__

if TYPE_CHECKING:
    from newsclf.batch.files import tag_file
    from newsclf.batch.frames import tag_batches, tag_frame
    from newsclf.codebookcheck import check_codebook
    from newsclf.comparison import Comparison, compare
    from newsclf.errors import (
        CodebookError,
        DecodingError,
        InputError,
        LabelError,
        MissingExtra,
        ModelError,
        ModelNotFound,
        NewsclfError,
    )
    from newsclf.evaluation import Report, cross_validate, evaluate
    from newsclf.labelcheck import LabelCheck, check_labels
    from newsclf.labels.labelled import read_labelled, write_labelled
    from newsclf.labels.tools import export_labelled
    from newsclf.model.installed import models
    from newsclf.pages import read_page
    from newsclf.records.article import Article, LabelledArticle, Page, Span
    from newsclf.records.codebook import Codebook, Keyword, Theme
    from newsclf.records.explanation import Evidence, Explanation
    from newsclf.records.tagging import Tag, Tagging
    from newsclf.suggest import suggest
    from newsclf.tagger.tagger import Tagger, load
    from newsclf.training import Background, Settings, ThemeClassifier, from_codebook, train
    from newsclf.versions import show_versions

# Each name is imported when it is first used, so that tagging never pays for training.
_ROOMS = {
    "records.article": ("Article", "LabelledArticle", "Page", "Span"),
    "batch.files": ("tag_file",),
    "records.codebook": ("Codebook", "Keyword", "Theme"),
    "codebookcheck": ("check_codebook",),
    "comparison": ("Comparison", "compare"),
    "errors": (
        "CodebookError",
        "DecodingError",
        "InputError",
        "LabelError",
        "MissingExtra",
        "ModelError",
        "ModelNotFound",
        "NewsclfError",
    ),
    "evaluation": ("Report", "cross_validate", "evaluate"),
    "labels.tools": ("export_labelled",),
    "records.explanation": ("Evidence", "Explanation"),
    "batch.frames": ("tag_batches", "tag_frame"),
    "model.installed": ("models",),
    "labelcheck": ("LabelCheck", "check_labels"),
    "labels.labelled": ("read_labelled", "write_labelled"),
    "pages": ("read_page",),
    "suggest": ("suggest",),
    "tagger.tagger": ("Tagger", "load"),
    "records.tagging": ("Tag", "Tagging"),
    "training": ("Background", "Settings", "ThemeClassifier", "from_codebook", "train"),
    "versions": ("show_versions",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Article",
    "Background",
    "Codebook",
    "CodebookError",
    "Comparison",
    "DecodingError",
    "Evidence",
    "Explanation",
    "InputError",
    "Keyword",
    "LabelCheck",
    "LabelError",
    "LabelledArticle",
    "MissingExtra",
    "ModelError",
    "ModelNotFound",
    "NewsclfError",
    "Page",
    "Report",
    "Settings",
    "Span",
    "Tag",
    "Tagger",
    "Tagging",
    "Theme",
    "ThemeClassifier",
    "__version__",
    "check_codebook",
    "check_labels",
    "compare",
    "cross_validate",
    "evaluate",
    "export_labelled",
    "from_codebook",
    "load",
    "models",
    "read_labelled",
    "read_page",
    "show_versions",
    "suggest",
    "tag_batches",
    "tag_file",
    "tag_frame",
    "train",
    "write_labelled",
]


def __getattr__(name: str) -> Any:
    try:
        room = importlib.import_module(f"newsclf.{_ROOM_OF[name]}")
    except KeyError:
        raise AttributeError(f"module 'newsclf' has no attribute {name!r}") from None
    # A room may bear the name of what it holds (suggest), so the attribute is set over it.
    globals()[name] = value = getattr(room, name)
    return value


def __dir__() -> list[str]:
    return __all__
