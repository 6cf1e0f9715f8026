"""JSON as records are written in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.records.strict_json import loads

NAMES = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=90),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(VALUES, st.sampled_from(["", " ", "\t\r\n "]), st.booleans())
def test_it_reads_what_json_writes(value, space, escaped):
    assert loads(space + json.dumps(value, ensure_ascii=escaped) + space) == value


@given(
    st.dictionaries(NAMES, VALUES, max_size=3),
    NAMES,
    VALUES,
    st.lists(st.none() | NAMES, max_size=3),
)
def test_a_key_that_comes_twice_is_found_wherever_it_is(others, name, value, around):
    pairs = [*others.items(), (name, 1), (name, value)]
    text = "{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in pairs) + "}"
    for key in around:
        text = f"[{text}]" if key is None else f'{{{json.dumps(key)}: {text}, "and{key}more": 0}}'
    with pytest.raises(ValueError, match=r"the key .* comes twice"):
        loads(text)


@pytest.mark.parametrize("text", ["", "{", '{"a": }', '{"a": 1} x', "{'a': 1}", "nul", '"\n"'])
def test_what_is_no_json_is_refused_as_the_library_does(text):
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(text)
    with pytest.raises(json.JSONDecodeError) as found:
        loads(text)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"a": {"b": ' + "[" * 99_999])
def test_depth_is_bounded(text):
    with pytest.raises(ValueError, match="nested too deeply"):
        loads(text)


def test_numbers_that_are_none_are_missing_values():
    assert loads('{"a": NaN, "b": [Infinity, {"c": -Infinity}]}') == {
        "a": None,
        "b": [None, {"c": None}],
    }
