"""The writers: what a result becomes on disk."""

import io

from hypothesis import given
from hypothesis import strategies as st

from newsclf.articles import Article
from newsclf.outputs import Layout, json_line, writer_for
from newsclf.tagging import Tag, Tagging

ANY = st.text() | st.text(st.sampled_from('"\\/\u2028\ud800\x00\x7f题'))
TAGS = st.lists(st.builds(Tag, ANY, ANY, st.floats(0, 1)), max_size=3)


@given(ANY, ANY | st.none(), TAGS, ANY)
def test_a_plain_line_is_the_json_of_its_record(id, title, tags, model):
    tagging = Tagging(id, title, tuple(tags), (), {}, model)
    stream = io.BytesIO()
    writer_for(None, stream, Layout()).write(tagging, Article(id), {})
    assert stream.getvalue() == json_line(tagging.to_dict())
