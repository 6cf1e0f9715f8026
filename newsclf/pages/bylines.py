"""Bylines: who wrote, in brackets at an end, on a line of its own, or before the first word."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Byline", "closing_byline", "line_byline", "opening_byline"]

# The family names that cover nearly everyone in mainland bylines.
_SURNAMES = frozenset(
    "萧王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
    "向汤季施俞章鲁葛翁申樊耿童颜倪祝连柴柯洪詹包康伍牛殷管聂骆岳齐沙翟柳欧祁华温庞文安辛甘蓝单冉靳邢"
    "盛褚芦阮窦裴屈路焦艾纪舒应项费凌宁解梅栾滕丛穆尚游桂成左涂闵车晏饶席庄凤全简牟戚苗谷卜易阎苑茅"
    "时米臧符宫敖曲司瞿隋郁冷辜阳虞植娄巩蒙佟池鲍原佘楚屠仲佐农迟占寇班芮明储巫揭匡国来麻楼娟钮计边"
    "竺励裘傅候喻窦肇晋荣仇历闻党厉艳侍幸邬郎郏阙应伏鄢乐卓蔺赖浦尤茹练况麦商景水斯危亓谌宗平房干仝"
    "胥桑强邸慕慎蓬郜暴杭缪衡练雍胶宣贲霍柏苟母奚区郗谈从过查封甄巢关相后荆红竹权逯盖益桓公仰伊宿狄"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "端木", "公孙")
_ROLE_WORD = re.compile(
    r"(?:本报|本社|本刊|本台|本网|特约|见习|实习|首席|全媒体|融媒体|新媒体|驻\S{2,4}|"
    r"新华社|中新社|[\u4e00-\u9fff]{2,8}(?:日报|晚报|商报|晨报|时报|都市报|新闻网|在线|电视台|新闻))*"
    r"(?:全媒体|融媒体|见习|实习|首席|特约)*"
    r"(?:记者|通讯员|实习生|特约作者|作者|撰稿|撰文|摄影报道|摄影|供图|供稿|责任编辑|责编|编辑|报道)"
    r"[:：]?"
)
_CRAFT = re.compile(
    r"[/／|]\s*(?:图文|文图|文|图|摄)|(?:^|\s)(?:图文|文图|文|图)(?=\s|$)|(?:文|图|摄)\s*(?:并|[/／|])\s*(?:文|图|摄)?"
)
_TRAILING_CRAFT = re.compile(r"(?:供图|供稿|摄)$")
_PICTURE = re.compile(r"摄|供图|[/／]图|图[/／]")
_MARKS = re.compile(r"[□■●○◎◇◆▲△▼▽★☆※]|^[—–\-]+")
_SEPARATORS = re.compile(r"[\s、,，;；/／|·&和]+")
_SPACED_NAME = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])"
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_AGENCY = re.compile(
    r"[\u4e00-\u9fff]{2,20}(?:局|网|报|社|办|镇|乡|街道|委|院|部|台|中心|支队|大队|法院|公安)"
)
_CLOSING = re.compile(r"[(（]([^()（）\r\n]{2,60})[)）]$")
_OPENING = re.compile(
    r"[\u4e00-\u9fff\d·]{0,16}?(?:讯|电|报道)[ \u3000]*"
    r"[(（]((?:[^()（）\s]{0,12})(?:记者|通讯员)[^()（）]{2,60})[)）][ \u3000:：,，]*"
)
_OPENING_BARE = re.compile(
    r"(?:本报|本网|本台)讯[ \u3000]+((?:记者|通讯员)[ \u3000]*[\u4e00-\u9fff]{2,4}"
    r"(?:(?:[ \u3000、]+(?:通讯员|记者|实习生)?[ \u3000]*)[\u4e00-\u9fff]{2,4}){0,3})"
    r"(?:[ \u3000]+(?:报道|摄影报道))?[ \u3000]+(?=\S{12})"
)
_SENTENCE_END = frozenset("。！？!?…”’』」》)）.；")
_LONGEST_LINE = 60


class Byline(NamedTuple):
    """A byline inside a piece of text: its edges and the names in it."""

    start: int
    end: int
    authors: tuple[str, ...]
    picture: bool = False  # names who took a picture


def closing_byline(text: str) -> Byline | None:
    """Return the bracketed byline that ends a text, also if it is the whole text."""
    found = _CLOSING.search(text, max(0, len(text) - _LONGEST_LINE - 2))
    if not found:
        return None
    before = text[: found.start()].rstrip()
    if before and before[-1] not in _SENTENCE_END:
        return None
    authors = names(found.group(1)) or _agency(found.group(1))
    if not authors:
        return None
    picture = _PICTURE.search(found.group(1)) is not None
    return Byline(found.start(), len(text), authors, picture)


def opening_byline(text: str) -> Byline | None:
    """Return the byline before the first sentence, such as ``本报讯（记者 张三）``."""
    for pattern in (_OPENING, _OPENING_BARE):
        found = pattern.match(text)
        if found and found.end() < len(text):
            authors = names(found.group(1))
            if authors:
                end = len(found.group().rstrip())
                return Byline(0, end, authors)
    return None


def line_byline(text: str) -> Byline | None:
    """Return the byline that a whole line is: bracketed, with 记者 or the like, or bare names."""
    if len(text) > _LONGEST_LINE:
        return None
    closing = closing_byline(text)
    if closing:
        return closing if closing.start == 0 else None
    authors = names(text)
    return Byline(0, len(text), authors) if authors else None


def names(text: str) -> tuple[str, ...]:
    """Return the names in a byline, or nothing if the text holds anything but names.

    >>> names("本报记者 张三 通讯员 李 四")
    ('张三', '李四')
    >>> names("记者 张三/文 李四/摄")
    ('张三', '李四')
    >>> names("市、区")
    ()
    """
    bare = _MARKS.sub(" ", text)
    bare, roles = _ROLE_WORD.subn(" ", bare)
    bare, crafts = _CRAFT.subn(" ", bare)
    bare = _SPACED_NAME.sub(r"\1\2", bare.strip())
    found: list[str] = []
    for token in filter(None, _SEPARATORS.split(bare)):
        name, crafted = _TRAILING_CRAFT.subn("", token)
        if crafted and not name:
            roles += 1
            continue
        if not _is_name(name, trusted=bool(roles or crafts or crafted)):
            return ()
        found.append(name)
    return tuple(dict.fromkeys(found))


def _is_name(token: str, *, trusted: bool) -> bool:
    """Tell whether a token reads as a personal name; role words beside it earn some trust."""
    if not _HAN.fullmatch(token) or not 2 <= len(token) <= 4:
        return False
    if token.startswith(_COMPOUND):
        return len(token) >= 3
    if token[0] not in _SURNAMES:
        return trusted and len(token) <= 3
    return len(token) <= 3 or trusted or token[1] in _SURNAMES


def _agency(text: str) -> tuple[str, ...]:
    """Return the office that signs in the place of a person."""
    bare = re.sub(r"^(?:来源|供稿|供图|via)[:：]?\s*|(?:供稿|供图|供)$", "", text).strip()
    return (bare,) if _AGENCY.fullmatch(bare) else ()
