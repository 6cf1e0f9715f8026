"""The optional parts: what each extra brings, and what it is for.

setup.cfg says which versions. The one table that errors, versions and the formats go by.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["EXTRAS", "Extra"]


class Extra(NamedTuple):
    """An extra of the package.

    Attributes
    ----------
    name : str
        As in ``pip install "newsclf[name]"``.
    purpose : str
        What it is for.
    packages : mapping of str to str
        The modules that are imported, each with the package that it is in.
    """

    name: str
    purpose: str
    packages: dict[str, str]


EXTRAS = {
    extra.name: extra
    for extra in (
        Extra("hant", "converts traditional Chinese for scoring", {"opencc": "opencc"}),
        Extra("parquet", "reads and writes .parquet, tags Arrow batches", {"pyarrow": "pyarrow"}),
        Extra("zst", "reads .zst", {"zstandard": "zstandard"}),
        Extra(
            "html",
            "finds the article on a web page",
            {"trafilatura": "trafilatura", "lxml_html_clean": "lxml_html_clean"},
        ),
        Extra("pdf", "reads the pages of a PDF", {"pypdf": "pypdf"}),
        Extra("summary", "finds the places that texts name", {"cnloc": "cnloc"}),
        Extra("plot", "draws", {"matplotlib": "matplotlib"}),
        Extra(
            "web",
            "serves the labelling page, and measures the agreement of two readers",
            {"starlette": "starlette", "uvicorn": "uvicorn", "nltk": "nltk"},
        ),
    )
}
