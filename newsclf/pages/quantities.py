"""Sentences whose figures and nouns do not fit together, as when their pieces were shuffled."""

from __future__ import annotations

import re

__all__ = ["scrambled"]

_SENTENCE = re.compile(r"[^。！？!?\n]+")
# A share that takes up no figure before the next comma.
_SHARE_WITHOUT_FIGURE = re.compile(
    r"(?:量|数|率|额|值|比例|比重)占(?![地用据领有线先])[^\d一二三四五六七八九十百千半几两多全总其了比,，、;；:：]{2,20}[,，、;；]"
)
# A length of time counted in things.
_TIME_IN_THINGS = re.compile(
    r"(?:时间|时长|工期|周期)(?:超过|达到?|为|缩短[至到]?|压缩[至到]?|延长[至到]?)约?"
    r"[\d.]+[万亿]?[余多]?(?:件|人|元|户|家|台|吨|次|%|％)"
)
# People or bodies that stand right before a percentage, with no verb between.
_NOUN_PERCENT = re.compile(
    r"(?:群众|居民|市民|企业|职工|村民|农户|商户|老人|学生|窗口|部门|平台|单位|项目)\d+(?:\.\d+)?[%％]"
)


def scrambled(text: str) -> bool:
    """Tell whether some sentence breaks two of three rules of how figures are told."""
    if "%" not in text and "％" not in text and "占" not in text:
        return False
    signs = (_SHARE_WITHOUT_FIGURE, _TIME_IN_THINGS, _NOUN_PERCENT)
    return any(
        sum(sign.search(sentence) is not None for sign in signs) >= 2
        for sentence in _SENTENCE.findall(text)
    )
