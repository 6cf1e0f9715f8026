"""Texts for property tests: Chinese as newspapers print it, and as they never would."""

from hypothesis import strategies as st

_WORDS = (
    "政务服务",
    "优化",
    "医院",
    "学校",
    "杭州西湖",
    "小区加装电梯",
    "李小福",
    "了",
    "的",
    "龘",
    "５Ｇ",
    "ＡＰＰ",
    "iPhone15.5%",
    "3.14",
    "2024年",
    "。",
    "，",
    "“",
    " ",
    "　",
    "\n",
    "\r\n",
)
_CHARACTERS = "的一是不了人我在有他这中大来上国龘麤爨囍㐀𠀀⽣車這個學abcXYZ019.%_-+#& \n\t。，、“”—０Ａ\0\u200b\ufeff\ud800"

texts = st.one_of(
    st.lists(st.sampled_from(_WORDS), max_size=30).map("".join),
    st.text(_CHARACTERS, max_size=60),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=60),
    st.text(max_size=60),
)
