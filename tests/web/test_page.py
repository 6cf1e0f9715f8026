import json
import time

import pytest

from newsclf.labels.labelled import read_labelled
from newsclf.records.article import Article, LabelledArticle

pytest.importorskip("starlette", reason="the page needs starlette")
pytest.importorskip("uvicorn", reason="the page needs uvicorn")


@pytest.fixture
def client(serve):
    client = serve()
    client.enter()
    return client


def test_nothing_without_the_key(serve):
    client = serve()
    for path in ("/", "/?key=wrong", "/api/session", "/static/main.js"):
        assert client.ask("GET", path).status == 403
    entered = client.enter()
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    assert "HttpOnly" in entered.headers["Set-Cookie"]
    assert "SameSite=strict" in entered.headers["Set-Cookie"]
    assert client.ask("GET", "/").status == 200


def test_a_post_needs_the_token_of_the_page_and_its_own_site(client):
    token, client.token = client.token, ""
    assert client.judge(0, ["health"]).status == 403
    client.token = token
    foreign = client.ask("POST", "/api/undo", {}, Origin="http://evil.example")
    assert foreign.status == 403
    assert client.ask("POST", "/api/undo", {"x": "y" * 70_000}).status == 413
    assert client.judge(0, ["health"]).status == 200


def test_another_host_name_is_refused(client):
    assert client.ask("GET", "/", Host="evil.example").status == 400


def test_every_answer_forbids_foreign_content(client):
    for path in ("/", "/static/main.js", "/api/session", "/nowhere"):
        headers = client.ask("GET", path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_files_beside_the_page_stay_out_of_reach(client):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert client.ask("GET", path).status == 404


def test_labelling_and_undoing_reach_the_file(client, tmp_path, pool):
    assert client.judge(0, ["health"]).status == 200
    assert client.judge(3, []).status == 200
    assert client.judge(1, ["education"], ["housing"], seen=True).status == 200
    assert client.get("/api/articles/1")["judgement"] == {
        "labels": ["education"], "borderline": ["housing"], "state": "done", "seen": True,
    }  # fmt: skip
    assert json.loads(client.ask("POST", "/api/undo", {}).text) == {"number": 1}
    wanted = [LabelledArticle(pool[0], ("health",)), LabelledArticle(pool[3])]
    deadline = time.monotonic() + 20
    while not (tmp_path / "out.jsonl").exists() or len(read(tmp_path)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert read(tmp_path) == wanted


def read(tmp_path):
    return read_labelled(tmp_path / "out.jsonl")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"labels": "health", "borderline": [], "state": "done", "seen": True},
        {"labels": [1], "borderline": [], "state": "done", "seen": True},
        {"labels": ["sport"], "borderline": [], "state": "done", "seen": True},
        {"labels": ["health"], "borderline": ["health"], "state": "done", "seen": True},
        {"labels": [], "borderline": [], "state": "gone", "seen": True},
        {"labels": [], "borderline": [], "state": ["done"], "seen": True},
        {"labels": [], "borderline": [], "state": "done", "seen": 1},
    ],
)
def test_a_judgement_that_makes_no_sense_is_refused_and_changes_nothing(client, body):
    assert client.ask("POST", "/api/articles/0", body).status == 400
    assert client.get("/api/articles/0")["judgement"] is None


def test_what_is_not_there_is_not_found(client):
    assert client.judge(99, []).status == 404
    assert client.ask("GET", "/api/articles/99").status == 404
    assert client.ask("GET", "/api/articles/0/evidence/sport").status == 404


def test_the_article_comes_with_suggestions_and_marked_evidence(client):
    article = client.get("/api/articles/0")
    assert article["title"] == "县医院新院区启用"
    assert article["suggestion"]["themes"] == ["health"]
    text = f"{article['title']}\n{article['paragraphs'][0]}"
    marks = client.get("/api/articles/0/evidence/health")
    assert any(text[start:end] in ("门诊", "医生") for start, end, _ in marks)
    assert {level for _, _, level in marks} <= {1, 2, 3, 4}


def test_a_blind_reader_sees_nothing_of_the_model_before_deciding(serve):
    client = serve(blind=True)
    client.enter()
    assert client.get("/api/articles/0")["suggestion"] is None
    assert client.get("/api/articles/0/evidence/health") == []
    client.judge(0, ["health"])
    assert client.get("/api/articles/0")["suggestion"]["themes"] == ["health"]


def test_another_readers_labels_show_where_one_has_decided(serve, pool):
    other = [LabelledArticle(pool[0], ("housing",)), LabelledArticle(pool[1], ("education",))]
    client = serve(other=other)
    client.enter()
    assert client.get("/api/articles/0")["other"] is None
    client.judge(0, ["health"])
    client.judge(1, ["education"])
    assert client.get("/api/articles/0")["other"]["labels"] == ["housing"]
    readers = client.get("/api/progress")["readers"]
    assert (readers["articles"], readers["same"], readers["same_first"]) == (2, 1, 1)
    assert [d["number"] for d in readers["differences"]] == [0]
    assert readers["alpha"] < 1


def test_progress_counts_and_compares_with_the_model(client):
    client.judge(0, ["health"])
    client.judge(1, ["housing"], seen=True)
    client.judge(2, [], state="skipped")
    progress = client.get("/api/progress")
    assert (progress["total"], progress["done"], progress["skipped"]) == (5, 2, 1)
    assert progress["themes"] == {"health": 1, "housing": 1}
    assert progress["model"]["unseen"] == 1
    assert [d["number"] for d in progress["model"]["differences"]] == [1]
    assert progress["readers"] is None


def test_the_most_instructive_articles_come_first_after_what_is_done(serve, open_store):
    store = open_store()
    client = serve(store=store, order="suggest")
    client.enter()
    queue = client.get("/api/session")["queue"]
    assert sorted(queue) == [0, 1, 2, 3, 4]


def test_half_a_surrogate_pair_can_be_labelled(serve, open_store):
    odd = Article("odd", "怪\ud83d字", ("医生 \U00020000 门诊",))
    client = serve(store=open_store((odd,)))
    client.enter()
    assert client.get("/api/articles/0")["title"] == odd.title
    assert client.judge(0, ["health"]).status == 200


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9", "en"), ("de", "en"), ("*;q=x", "en")],
)
def test_the_page_speaks_the_language_of_the_browser(client, accepted, language):
    assert client.get("/api/session", Accept_Language=accepted)["language"] == language
