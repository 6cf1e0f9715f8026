"""What tests share: how long properties are searched, texts in Chinese, and one tiny tagger."""

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import settings
from paths import SEEDS

from newsclf.labels.labelled import read_labelled
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook, Keyword, Theme
from newsclf.training import Background, train

# No deadline: machines that build are busy, and a slow example is no fault.
settings.register_profile("daily", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=3000)
settings.load_profile("nightly" if os.environ.get("NEWSCLF_NIGHTLY") else "daily")


THREE = Codebook(
    name="three",
    version="1",
    themes=(
        Theme("health", "医疗卫生", "Health", keywords=(Keyword("门诊"), Keyword("医生"))),
        Theme("education", "教育", "Education", keywords=(Keyword("学校"), Keyword("教师"))),
        Theme("housing", "住房", "Housing", keywords=(Keyword("小区"), Keyword("电梯"))),
    ),
)
LINES = (
    ("县医院新院区启用\n门诊、急诊和住院部同日开诊，二十名医生到岗。", ("health",), ()),
    ("卫生院添了彩超\n村民在家门口做检查，医生每周三下乡义诊。", ("health",), ()),
    ("家庭医生签约上门，为老人量血压、测血糖。", ("health",), ()),
    ("疾控中心提醒市民接种流感疫苗，门诊周末照常。", ("health",), ("education",)),
    ("新学期开学\n全县中小学校迎来三万名学生，教师提前返校。", ("education",), ()),
    ("职业学校开设数控专业，学生毕业前进厂实习。", ("education",), ()),
    ("课后服务不打烊\n学校把操场留给学生，教师轮流值班。", ("education",), ()),
    ("校医室配齐医生\n学校与医院结对，学生看病不出校门。", ("education", "health"), ()),
    ("老小区加装电梯\n居民协商出资，物业公司负责养护。", ("housing",), ()),
    ("公租房摇号，两百户家庭拿到钥匙，小区配套同步交付。", ("housing",), ()),
    ("物业费怎么收\n小区业主委员会公开账目，电梯维修有了着落。", ("housing",), ()),
    ("学校旁的小区改造，楼道装灯，电梯换新。", ("housing",), ("education",)),
    ("立秋已过，山里的雾一天比一天浓。", (), ()),
    ("渔船返港，码头上晒满了网。", (), ()),
)


def labelled_lines():
    return [
        LabelledArticle(Article.from_text(text, f"line-{i}"), labels, borderline)
        for i, (text, labels, borderline) in enumerate(LINES)
    ]


@pytest.fixture(scope="session")
def three():
    """A codebook of three themes."""
    return THREE


@pytest.fixture(scope="session")
def lines():
    """Fourteen labelled articles of a line or two."""
    return labelled_lines()


@pytest.fixture(scope="session")
def tagger(three, lines):
    """A tagger of three themes, trained on the lines alone."""
    return train(lines, codebook=three, background=Background(), name="tiny")


@pytest.fixture(scope="session")
def model_folder(tagger, tmp_path_factory):
    """The tiny tagger as a model folder; tests that break one break a copy."""
    return tagger.save(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def seeds():
    """The labelled units of the seed pages."""
    return read_labelled(SEEDS)


@pytest.fixture(scope="session")
def written():
    """The labelled articles written for this project."""
    return [
        item for path in sorted((SEEDS / "written").glob("*.jsonl")) for item in read_labelled(path)
    ]


@pytest.fixture(scope="session")
def corpora():
    """The folder of corpora whose text may not be redistributed."""
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        pytest.skip("NEWSCLF_CORPORA is not set: the corpora are not at hand")
    return Path(folder)


@pytest.fixture
def mixture(tmp_path):
    """A folder of good and bad rows, and how many there are of each."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = random.Random(3)
    good = bad = 0
    for name in "abc":
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as stream:
            for i in range(40):
                if rng.random() < 0.3:
                    stream.write("{broken\n")
                    bad += 1
                else:
                    record = {
                        "id": f"{name}{i}",
                        "title": "题",
                        "text": "看医生" if i % 2 else "其他",
                    }
                    stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                    good += 1
    (folder / "z.txt").write_bytes("看医生。".encode("gb18030"))
    (folder / "zz.txt").write_bytes(b"\xff\xff\xff")
    return folder, good + 1, bad + 1
