"""What a piece of text looks like by itself: a headline, a caption, cut at its start or end.

Scores are in the manner of log-odds: 0 says nothing, 3 is strong, and they add up.
"""

from __future__ import annotations

import re

from newsclf.pages.blocks import Block, Geometry

__all__ = [
    "ends_open",
    "marked_as_picture",
    "pending_quotes",
    "reads_as_caption",
    "reads_as_continuation",
    "reads_as_headline",
    "subheading",
]

_FINAL = re.compile(
    r"(?:[。！？!?…]|(?<=[A-Za-z])\.)[”’」』》）)\]]*\s*(?:[（(][^（）()]{1,12}[）)])?$"
)
_LOOSE = re.compile(r"[：:][”’」』）)]*$")
_QUOTES = re.compile(r"[“”「」『』]")
_PAIRS = re.compile(r"[“”「」『』《》（）()]")
_SENTENCES = re.compile(r"[。！？!?]")
_COMMAS = re.compile(r"[，,]")
_DANGLING = re.compile(
    r"(?:[的和与在将对是把被为或及让向从由并但而以却也还都已就又所其因于至很更最不没要、，,]|关于|针对|\d)$"
)
_NEVER_FIRST = re.compile(r"^[，,。、；;：:！？!?”’」』》）)%％·的]")
# Endings and adverbs with which hardly any paragraph begins.
_SELDOM_FIRST = frozenset("也已却等了们着过都就还则又将使得员度性化者率额局院厅案费量及并与和而且")
_OPENER = re.compile(
    r"^(?:“|「|‘|（|一是|二是|三是|首先|其次|此外|同时|另外|目前|如今|今年|去年|近年来|近日|日前|昨日|昨天|"
    r"今天|据|接下来|下一步|截至|与此同时|针对|随着|为了?[^，,]{2,30}[，,]|在[^，,。]{2,30}[，,]|"
    r"记者|本报|\d{1,4}年|\d{1,2}月|[^，,。]{2,8}(?:表示|介绍|说)[，,：:])"
)
_CAPTION_MARK = re.compile(
    r"图为|图片?[①-⑩一二三四五]?[:：为]|^[▲△▼▽]|[上下左右]图[:：为]|资料图|"
    r"[（(][^（）()]{0,24}(?:摄|供图|/图|／图)\s*[)）]?$|"
    r"[\u4e00-\u9fff](?:[ \u3000]+|/|／)摄$|供图$"
)
_SUBHEADING = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[（(]?\d{1,2}[)）、.．](?!\d)|[●◆■▶◎★▍]|第[一二三四五六七八九十]+[章节部])"
)
_HEADLINE_LIMIT = 60
_CAPTION_LIMIT = 240


def ends_open(text: str) -> float:
    """Return how far a text breaks off: 1 in mid-sentence, 0.5 after a colon, else 0."""
    tail = text[-20:]
    if _FINAL.search(tail):
        return 0.0
    return 0.5 if _LOOSE.search(tail) else 1.0


def pending_quotes(text: str, pending: int = 0) -> tuple[int, int]:
    """Return the quotations still open at the end, and the closing marks that closed nothing."""
    stray = 0
    for mark in _QUOTES.finditer(text):
        if mark.group() in "“「『":
            pending += 1
        elif pending:
            pending -= 1
        else:
            stray += 1
    return pending, stray


def _unpaired(text: str) -> bool:
    counts = dict.fromkeys("“”「」『』《》（）()", 0)
    for mark in _PAIRS.finditer(text):
        counts[mark.group()] += 1
    brackets = counts["（"] + counts["("] != counts["）"] + counts[")"]
    return brackets or any(counts[a] != counts[b] for a, b in ("“”", "「」", "『』", "《》"))


def reads_as_headline(text: str) -> float:
    """Score a block as a headline: short, no full stop, few commas, nothing cut."""
    size = len(text)
    if size > _HEADLINE_LIMIT or size < 2:
        return -12.0
    score = 2.0 if 5 <= size <= 26 else 0.5
    score -= max(0, size - 30) * 0.15
    if text[-1] in "。；;：:，,、" or (text[-1] == "." and not ends_open(text)):
        score -= 8.0
    score -= 4.0 * len(re.findall(r"[。；;](?=.)", text))
    score -= 2.5 * len(_COMMAS.findall(text))
    if re.search(r"[\u4e00-\u9fff”》][ \u3000]+[“《\u4e00-\u9fff]", text):
        score += 1.5
    if _unpaired(text):
        score -= 4.0
    if _DANGLING.search(text):
        score -= 2.0
    if _NEVER_FIRST.match(text):
        score -= 5.0
    if re.match(r"^(?:——|—|--)", text):
        score += 1.0
    if not re.search(r"[\w]", text):
        score -= 4.0
    return score


def reads_as_caption(block: Block, page: Geometry) -> float:
    """Score a block as a caption: words like 图为 or 摄, or the gap a picture left above it."""
    text = block.text
    size = len(text)
    if size > _CAPTION_LIMIT:
        return -12.0
    score = -6.0
    if marked_as_picture(block):
        score += 7.0
    if block.gap >= page.gap + 2:
        score += 7.5
    if size > 120:
        score -= 1.5
    if len(_SENTENCES.findall(text)) > 3:
        score -= 2.0
    if _NEVER_FIRST.match(text):
        score -= 4.0
    return score


def marked_as_picture(block: Block) -> bool:
    """Tell whether a block says that it speaks of a picture: 图为, 摄 and the like."""
    credited = block.closing is not None and block.closing.picture
    return credited or _CAPTION_MARK.search(block.text) is not None


def reads_as_continuation(before: str, after: str) -> float:
    """Score a block as the rest of a sentence that broke off."""
    if _NEVER_FIRST.match(after):
        return 4.0
    score = 1.5 if after[:1] in _SELDOM_FIRST else 0.0
    if before and before[-1].isdigit() and re.match(r"[\d.%％个家人名万亿元例件年月日余多]", after):
        score += 2.0
    if _OPENER.match(after) and before[-1:] not in "，,、：:“":
        score -= 1.5
    return score


def subheading(text: str) -> bool:
    """Tell whether a short line is numbered or marked as a heading inside an article."""
    return _SUBHEADING.match(text) is not None
