"""What the pipeline by hand needs to be loaded from a file: a function that can be named."""

import logging

import jieba

jieba.setLogLevel(logging.CRITICAL)


def cut_words(text: str) -> list[str]:
    return jieba.lcut(text)
