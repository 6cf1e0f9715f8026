"""Newspaper pages: the text dump of a page becomes the articles that stand on it."""

from newsclf.pages.reading import read_page

__all__ = ["read_page"]
