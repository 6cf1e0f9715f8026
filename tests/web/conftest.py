"""A labelling page on a real port, in this process or in one of its own."""

import contextlib
import http.client
import json
import re
import threading
from urllib.parse import urlsplit

import pytest

from newsclf.records.article import Article
from newsclf.web.session import Session, SessionOptions
from newsclf.web.store import Store

TEXTS = (
    "县医院新院区启用\n门诊、急诊同日开诊，二十名医生到岗。",
    "职业学校开设数控专业\n学生毕业前进厂实习，教师下车间。",
    "老小区加装电梯\n居民协商出资，物业公司负责养护。",
    "秋日的山\n雾一天比一天浓，渔船返港。",
    "校医室配齐医生\n学校与医院结对，学生看病不出校门。",
)


@pytest.fixture
def pool():
    return tuple(Article.from_text(text, f"p-{i}") for i, text in enumerate(TEXTS))


@pytest.fixture
def open_store(pool, three, tmp_path):
    """Opens stores one after the other; only the last one holds the output."""
    stores = []

    def start(articles=pool, output=tmp_path / "out.jsonl"):
        stores.append(Store(articles, three, output))
        return stores[-1]

    yield start
    for store in stores:
        store.close()


class Client:
    """A browser without a screen: keeps its cookie, sends what it is told."""

    def __init__(self, link):
        self.address = urlsplit(link)
        self.cookie = self.token = ""

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.address.port, timeout=20)
        headers = {"Cookie": self.cookie, "X-Newsclf-Token": self.token} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        data = json.dumps(body).encode() if body is not None else None
        with contextlib.closing(connection):
            connection.request(method, path, data, {k: v for k, v in headers.items() if v})
            response = connection.getresponse()
            response.text = response.read().decode()
        return response

    def get(self, path, **headers):
        response = self.ask("GET", path, **headers)
        assert response.status == 200, response.text
        return json.loads(response.text)

    def enter(self):
        response = self.ask("GET", f"/?{self.address.query}")
        self.cookie = re.match(r"[^;]+", response.headers["Set-Cookie"])[0]
        self.token = self.get("/api/session")["token"]
        return response

    def judge(self, number, labels, borderline=(), state="done", seen=False):
        body = {"labels": labels, "borderline": list(borderline), "state": state, "seen": seen}
        return self.ask("POST", f"/api/articles/{number}", body)


@pytest.fixture
def serve(open_store, tagger):
    """Serves sessions and gives clients that have not entered yet."""
    import uvicorn

    from newsclf.web.app import make_app
    from newsclf.web.server import _listen

    running = []

    def start(*, other=(), store=None, **options):
        session = Session(
            store or open_store(), tagger, SessionOptions(**{"order": "file"} | options), other
        )
        listener = _listen(0)
        port = listener.getsockname()[1]
        app = make_app(session, port=port, key="the-key")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread, listener))
        return Client(f"http://127.0.0.1:{port}/?key=the-key")

    yield start
    for server, thread, listener in running:
        server.should_exit = True
        thread.join()
        listener.close()
