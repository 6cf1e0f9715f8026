"""The month of an article, from a field, its id or its text."""

from __future__ import annotations

import re

__all__ = ["find_month"]

_YEAR = r"(?<!\d)(19[4-9]\d|20\d\d)"
_PATTERNS = (
    # 1998-05-01, 1998/05, 1998.5.1, 1998年5月
    re.compile(_YEAR + r"\s?[-/.年_]\s?(0?[1-9]|1[0-2])(?!\d)"),
    # 19980501, 199805
    re.compile(_YEAR + r"(0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)"),
)
_DIGITS = str.maketrans("０１２３４５６７８９〇一二三四五六七八九", "01234567890123456789")
_WRITTEN = re.compile(r"([一二]?[〇零一二三四五六七八九]{3,4})年(十[一二]?|[一二三四五六七八九])月")


def find_month(text: str) -> str:
    """Return the first date of a text as year and month, "" without one.

    >>> find_month("1998-05-01"), find_month("xwlb-20230102-3"), find_month("二〇二三年十一月")
    ('1998-05', '2023-01', '2023-11')
    >>> find_month("5月1日，共135台")
    ''
    """
    text = _WRITTEN.sub(_in_digits, text).translate(_DIGITS)
    found = [match for pattern in _PATTERNS if (match := pattern.search(text))]
    if not found:
        return ""
    first = min(found, key=lambda match: match.start())
    return f"{first[1]}-{int(first[2]):02}"


def _in_digits(match: re.Match[str]) -> str:
    month = match[2]
    number = 10 + int(month[1:].translate(_DIGITS) or 0) if month[0] == "十" else month
    return f"{match[1].replace('零', '〇')}年{number}月"
