"""Sources, ids, kinds of byline, captions, headings and flags."""

import pytest

from newsclf.errors import DecodingError, InputError
from newsclf.pages import read_page

TITLE = "老旧改造 小区焕新"
FIRST = "近年来，淳安县陆续实施了三轮老旧小区改造工程，改造面积涉及124.9万平方米，惠及百姓21186户。"
SECOND = "目前，所有区块基本实现强弱电管线上改下和污水零直排，完成老旧小区改造项目加装电梯135台。"
OTHER = "家门口的托班 开学了"
OPENING = "9月1日，松阳县城南幼儿园迎来开学第一天，幼儿园为孩子们准备了入园礼物和游戏活动。"


def only(text):
    (article,) = read_page(text).articles
    return article


def test_sources_give_the_same_page(tmp_path):
    text = f"{TITLE}\n\n{FIRST}\n"
    path = tmp_path / "007_abc.txt"
    path.write_bytes(text.encode("gb18030"))
    pages = [read_page(path), read_page(str(path)), read_page(path, encoding="gb18030")]
    assert {page.name for page in pages} == {"007_abc.txt"}
    assert [page.articles[0].id for page in pages] == ["007-01"] * 3
    string, raw = read_page(text), read_page(text.encode())
    assert (string.name, string.articles[0].id, string.articles[0].page) == ("", "page-01", None)
    assert string == raw
    assert string.articles[0].paragraphs == pages[0].articles[0].paragraphs


def test_id_of_a_file_without_a_number_is_its_stem(tmp_path):
    path = tmp_path / "front.txt"
    path.write_text(f"{TITLE}\n\n{FIRST}\n\n{OTHER}\n\n{OPENING}", encoding="utf-8")
    assert [a.id for a in read_page(path).articles] == ["front-01", "front-02"]


def test_bad_sources(tmp_path):
    with pytest.raises(InputError, match="expected a page"):
        read_page(42)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        read_page(tmp_path / "nowhere.txt")
    with pytest.raises(DecodingError):
        read_page(b"\xff\xff\x81", encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("陆静", ("陆静",)),
        ("欧阳静 张 三", ("欧阳静", "张三")),
        ("记者 张三/文 李四/摄", ("张三", "李四")),
        ("通讯员 李四", ("李四",)),
        ("□ 本报记者 张三 通讯员 李四", ("张三", "李四")),
        ("（记者 张三 通讯员 李四）", ("张三", "李四")),
        ("文/图 王小明", ("王小明",)),
    ],
)
def test_byline_under_the_headline(line, authors):
    article = only(f"{TITLE}\n\n{line}\n\n{FIRST}\n\n{SECOND}\n")
    assert (article.title, article.authors, article.paragraphs) == (TITLE, authors, (FIRST, SECOND))


@pytest.mark.parametrize(
    ("end", "authors"),
    [
        ("(蒋瑾华 朱灵燕)", ("蒋瑾华", "朱灵燕")),
        ("\n\n（方晓琳）", ("方晓琳",)),
        ("（记者 张三 通讯员 李四）", ("张三", "李四")),
        ("（县住建局供稿）", ("县住建局",)),
    ],
)
def test_byline_at_the_end(end, authors):
    article = only(f"{TITLE}\n\n{FIRST}\n\n{SECOND}{end}\n")
    assert (article.authors, article.paragraphs) == (authors, (FIRST, SECOND))


@pytest.mark.parametrize(
    "start",
    [
        "本报讯（记者 张三 通讯员 李四）",
        "本报讯 记者 张三 通讯员 李四 ",
        "中新网杭州1月7日电(记者 张三 李四)",
    ],
)
def test_byline_before_the_first_word(start):
    article = only(f"{TITLE}\n\n{start}{FIRST}\n\n{SECOND}\n")
    assert (article.authors, article.paragraphs) == (("张三", "李四"), (FIRST, SECOND))


@pytest.mark.parametrize("end", ["（市、区）", "(完)", "（下转第2版）"])
def test_other_brackets_stay_in_the_text(end):
    article = only(f"{TITLE}\n\n{FIRST}\n\n{SECOND}{end}\n")
    assert (article.authors, article.paragraphs) == ((), (FIRST, SECOND + end))


def test_indented_paragraphs_and_broken_lines():
    def printed(text, width=20):
        text = "\u3000\u3000" + text
        return "\n".join(text[i : i + width] for i in range(0, len(text), width))

    page = read_page(
        "\n".join([TITLE, printed(FIRST), printed(SECOND), "", OTHER, printed(OPENING)])
    )
    assert [(a.title, a.paragraphs) for a in page.articles] == [
        (TITLE, (FIRST, SECOND)),
        (OTHER, (OPENING,)),
    ]


def test_headline_of_several_lines():
    article = only(f"{TITLE}\n——淳安县改造老旧小区纪实\n\n{FIRST}\n\n{SECOND}\n")
    assert article.title == f"{TITLE} ——淳安县改造老旧小区纪实"


def test_numbered_headings_stay_inside():
    article = only(f"{TITLE}\n\n{FIRST}\n\n一、补短板\n\n{SECOND}\n")
    assert article.paragraphs == (FIRST, "一、补短板", SECOND)


def test_caption_in_mid_paragraph():
    cut = 30
    article = only(f"{TITLE}\n\n{FIRST[:cut]}\n\n\n\n改造后的小区。\n\n{FIRST[cut:]}\n\n{SECOND}\n")
    assert article.paragraphs == (FIRST, SECOND)
    assert article.captions == ("改造后的小区。",)


def test_caption_that_stands_alone():
    page = read_page(f"{TITLE}\n\n{FIRST}(方晓琳)\n\n图为幼儿园的孩子们在游戏。（李四 摄）\n")
    caption = page.articles[1]
    assert (caption.type, caption.authors) == ("caption", ("李四",))
    assert caption.paragraphs == ("图为幼儿园的孩子们在游戏。",)


def test_flags():
    assert only(f"{TITLE}\n\n{FIRST[:-9]}\n").flags == ("incomplete",)
    assert only(f"{TITLE}\n\n{FIRST}他说：好”。\n").flags == ("unbalanced_quotes",)
    quoted = only(f"{TITLE}\n\n{FIRST}他说：“好。\n\n“真好。”\n")
    assert quoted.flags == ()
    shuffled = "今年，办件量占群众窗口办理，等待时间超过3.2万件，居民41%、缩短至10分钟以内。"
    assert only(f"{TITLE}\n\n{FIRST}{shuffled}\n").flags == ("scrambled",)
    assert (
        only(f"{TITLE}\n\n{FIRST}群众满意率达98%，等待时间缩短至10分钟，占总数的一半。\n").flags
        == ()
    )
