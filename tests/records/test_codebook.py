import doctest
import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths import DOCS

from newsclf.errors import CodebookError
from newsclf.records.codebook import Codebook, Group, Keyword, Theme

GOVERNANCE = Codebook.load()


def smallest(**theme):
    """A valid codebook of one theme, with `theme` laid over that theme."""
    return {
        "name": "small",
        "version": "1",
        "groups": [{"id": "people", "name_zh": "民生"}],
        "themes": [{"id": "health", "name_zh": "医疗卫生", "group": "people"} | theme],
    }


# The packaged codebook


def test_governance_has_themes_in_known_groups():
    assert len(GOVERNANCE) == len(set(GOVERNANCE.ids)) > 1
    assert {t.group for t in GOVERNANCE} == {g.id for g in GOVERNANCE.groups}
    for theme in GOVERNANCE:
        assert theme.name_en
        assert theme.scope_zh
        assert theme.scope_en
        assert theme.includes
        assert theme.excludes
        assert theme.mappings


def test_excludes_point_to_themes_that_exist():
    for theme in GOVERNANCE:
        for target in re.findall(r"→[^→]*?([a-z_]{3,})", " ".join(theme.excludes)):
            assert target in GOVERNANCE
            assert target != theme.id


@pytest.mark.parametrize("theme", GOVERNANCE, ids=GOVERNANCE.ids)
def test_keywords_are_enough_and_of_usable_length(theme):
    assert 40 <= len(theme.keywords) <= 120
    assert any(k.weight < 0 for k in theme.keywords)
    assert sum(k.weight >= 2 for k in theme.keywords) >= 10
    for keyword in theme.keywords:
        assert 2 <= len(keyword.text) <= 10
        assert re.fullmatch(r"[\w.]+", keyword.text)
        assert -1 <= keyword.weight <= 3


@pytest.mark.parametrize("theme", GOVERNANCE, ids=GOVERNANCE.ids)
def test_every_include_is_covered_by_a_keyword(theme):
    terms = [k.text for k in theme.keywords if k.weight > 0]
    bare = [line for line in theme.includes if not any(term in line for term in terms)]
    assert bare == []


def test_no_decisive_keyword_stands_in_two_themes():
    owners = {}
    for theme in GOVERNANCE:
        for keyword in theme.keywords:
            if keyword.weight >= 2:
                owners.setdefault(keyword.text, []).append(theme.id)
    assert {term: ids for term, ids in owners.items() if len(ids) > 1} == {}


# Using a codebook


@pytest.mark.parametrize("name", ["health", "医疗卫生与健康", "Health services"])
def test_resolve_by_id_and_by_both_names(name):
    assert GOVERNANCE.resolve(name) == "health"
    assert GOVERNANCE[name].id == "health"
    assert name in GOVERNANCE


@pytest.mark.parametrize("name", ["健康", "Health", "", None, 3])
def test_resolve_names_the_themes_it_knows(name):
    with pytest.raises(CodebookError, match=r"no theme .* governance .*party_building"):
        GOVERNANCE.resolve(name)


def test_definition_holds_name_scope_and_includes():
    theme = Theme("a", "养老", scope_zh="机构养老。", includes=("助餐", "床位"))
    assert theme.definition == "养老\n机构养老。\n助餐\n床位"


def test_printed_one_line_a_theme():
    lines = str(GOVERNANCE).splitlines()
    assert lines[0] == f"codebook governance {GOVERNANCE.version}: {len(GOVERNANCE)} themes"
    assert [line.split()[0] for line in lines[1:]] == list(GOVERNANCE.ids)


# To JSON and back


def test_governance_round_trip():
    again = Codebook.from_dict(json.loads(json.dumps(GOVERNANCE.to_dict())))
    assert again == GOVERNANCE
    assert again.to_dict() == GOVERNANCE.to_dict()


text = st.text(st.characters(codec="utf-8"), max_size=8)
filled = text.filter(str.strip)
weights = st.floats(-10, 10, allow_nan=False).filter(bool)


@st.composite
def codebooks(draw):
    ids = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    names = draw(st.lists(filled, min_size=len(ids), max_size=len(ids), unique=True))
    terms = st.lists(st.builds(Keyword, filled, weights), max_size=4, unique_by=lambda k: k.text)
    lines = st.lists(text, max_size=3).map(tuple)
    group = Group(draw(filled), draw(filled), draw(text))
    themes = tuple(
        Theme(
            id=i,
            name_zh=f"主题{name}",
            group=draw(st.sampled_from(["", group.id])),
            scope_zh=draw(text),
            includes=draw(lines),
            excludes=draw(lines),
            keywords=tuple(draw(terms)),
            mappings=draw(st.dictionaries(text, text, max_size=2)),
        )
        for i, name in zip(ids, names, strict=True)
    )
    return Codebook(draw(filled), draw(filled), themes, (group,), out_of_scope=draw(text))


@given(codebooks())
def test_any_codebook_survives_json(codebook):
    assert Codebook.from_dict(json.loads(json.dumps(codebook.to_dict()))) == codebook


def test_a_plain_keyword_weighs_one():
    record = smallest(keywords=["医院", {"text": "医保", "weight": -1}, {"text": "疫苗"}])
    theme = Codebook.from_dict(record)["health"]
    assert theme.keywords == (Keyword("医院"), Keyword("医保", -1.0), Keyword("疫苗", 1.0))


# Reading files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_load_a_file_of_ones_own(tmp_path, encoding):
    path = tmp_path / "small.json"
    path.write_text(json.dumps(smallest(), ensure_ascii=False), encoding=encoding)
    assert Codebook.load(path).ids == Codebook.load(str(path)).ids == ("health",)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b"[]", "the codebook: expected a JSON object"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path, content, complaint):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(CodebookError, match=complaint) as caught:
        Codebook.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("source", ["no_such_codebook", "no/such/file.json", "."])
def test_a_missing_codebook_says_what_would_do(source):
    with pytest.raises(CodebookError, match=r"no codebook .*expected the name of a packaged"):
        Codebook.load(source)


# Every rule, and the place its complaint names

OF_A_THEME = [
    ({"id": ""}, "themes[0]: id: expected a string with text"),
    ({"id": None}, "themes[0]: id: expected a string with text"),
    ({"id": "Health"}, "themes[0]: id: expected snake_case"),
    ({"name_zh": " "}, "themes[0]: name_zh: expected a string with text"),
    ({"name_en": 3}, "themes[0]: name_en: expected a string, got 3"),
    ({"scope_zh": ["a"]}, "themes[0]: scope_zh: expected a string"),
    ({"group": "poeple"}, "theme health: group: expected one of ['people'], got 'poeple'"),
    ({"includes": "医院"}, "theme health: includes: expected a list"),
    ({"includes": [1]}, "theme health: includes: expected a list of strings"),
    ({"excludes": [None]}, "theme health: excludes: expected a list of strings"),
    ({"mappings": []}, "theme health: mappings: expected a JSON object"),
    ({"keywords": "医院"}, "theme health: keywords: expected a list"),
    ({"keywords": [3]}, "theme health: keywords: expected a string or"),
    ({"keywords": [" "]}, "theme health: keywords: expected a string or"),
    ({"keywords": [{"weight": 2}]}, "theme health: keywords: expected a string or"),
    (
        {"keywords": ["医院", {"text": "医院"}]},
        "theme health: keywords: expected no name twice, got '医院'",
    ),
] + [
    (
        {"keywords": [{"text": "医院", "weight": w}]},
        f"theme health: keyword 医院: expected a weight from -10 to 10, not 0, got {w!r}",
    )
    for w in (0, 10.5, -11, True, "2", None, math.nan, math.inf)
]


@pytest.mark.parametrize(("theme", "complaint"), OF_A_THEME, ids=[c for _, c in OF_A_THEME])
def test_a_rule_broken_in_a_theme_is_placed(theme, complaint):
    with pytest.raises(CodebookError) as caught:
        Codebook.from_dict(smallest(**theme), where="mine.json")
    assert str(caught.value).startswith(f"mine.json: {complaint}")


OF_THE_WHOLE = [
    ({"name": ""}, "the codebook: name: expected a string with text"),
    ({"version": 1}, "the codebook: version: expected a string with text, got 1"),
    ({"language": None}, "the codebook: language: expected a string"),
    ({"mapping_sources": "x"}, "mapping_sources: expected a JSON object"),
    ({"themes": []}, "themes: expected at least one theme"),
    ({"themes": {}}, "themes: expected a list"),
    ({"themes": ["health"]}, "themes[0]: expected a JSON object, got 'health'"),
    ({"groups": "people"}, "groups: expected a list"),
    ({"groups": [{"id": "people"}]}, "groups[0]: name_zh: expected a string with text"),
    ({"groups": [{"id": "a", "name_zh": "甲"}] * 2}, "groups: expected no name twice, got 'a'"),
]


@pytest.mark.parametrize(("change", "complaint"), OF_THE_WHOLE, ids=[c for _, c in OF_THE_WHOLE])
def test_a_rule_broken_in_the_whole_is_placed(change, complaint):
    with pytest.raises(CodebookError) as caught:
        Codebook.from_dict(smallest() | change, where="mine.json")
    assert str(caught.value).startswith(f"mine.json: {complaint}")


@pytest.mark.parametrize(
    ("twin", "name"),
    [
        ({"id": "other", "name_zh": "其他"}, "other"),
        ({"id": "more", "name_zh": "教育"}, "教育"),
        ({"id": "more", "name_zh": "其他", "name_en": "other"}, "other"),
    ],
)
def test_no_id_or_name_may_mean_two_themes(twin, name):
    themes = [{"id": "other", "name_zh": "教育"}, twin]
    with pytest.raises(
        CodebookError, match=f"mine.json: theme.*: expected no name twice, got '{name}'"
    ):
        Codebook.from_dict(smallest() | {"themes": themes}, where="mine.json")


# The documentation


def test_the_example_of_the_documentation_is_a_codebook(tmp_path):
    (example,) = re.findall(
        r"```json\n(.*?)```", (DOCS / "codebook.md").read_text(encoding="utf-8"), re.DOTALL
    )
    path = tmp_path / "library.json"
    path.write_text(example, encoding="utf-8")
    codebook = Codebook.load(path)
    assert codebook.ids == ("opening_hours", "events")
    assert any(k.weight < 0 for k in codebook["events"].keywords)


def test_the_statements_of_the_documentation_hold():
    results = doctest.testfile(str(DOCS / "codebook.md"), module_relative=False, encoding="utf-8")
    assert results.attempted > 0
    assert results.failed == 0
