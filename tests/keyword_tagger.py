"""A tagger that knows one word, for tests of what surrounds a tagger."""

import itertools
import json

from newsclf.batch import files
from newsclf.records.codebook import Codebook
from newsclf.records.tagging import Tag, Tagging


class Keyword:
    """A tagger that knows one word, and reads ahead as a real one does."""

    codebook = Codebook.load("governance")

    def tag_many(self, items, *, jobs=1):
        items = iter(items)
        while some := list(itertools.islice(items, 7)):
            for item in some:
                yield self.tag(item)

    def tag(self, item):
        p = 0.75 if "医" in str(item) else 0.25
        tags = (Tag("health", "医疗卫生与健康", p),) if p > 0.5 else ()
        ps = dict.fromkeys(self.codebook.ids, 0.0) | {"health": p}
        return Tagging(item.id, item.title, tags, (), ps, "keyword 1.0.0")


def stand_in(monkeypatch, folder):
    """Have the keyword stand in for a model folder, which is made: resuming needs one."""
    model = folder / "model"
    model.mkdir()
    (model / "manifest.json").write_text("{}")
    monkeypatch.setattr(files, "as_tagger", lambda model: Keyword())
    return model


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
