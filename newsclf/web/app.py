"""The page's requests and answers."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsclf.errors import NewsclfError
from newsclf.web.security import HOSTS, Guard
from newsclf.web.session import Session
from newsclf.web.store import Judgement
from newsclf.web.worker import Worker

__all__ = ["make_app"]

_STATIC = Path(__file__).parent / "static"
_LANGUAGES = ("zh", "en")


def make_app(session: Session, *, port: int, key: str) -> Starlette:
    """Make the application.

    Parameters
    ----------
    session : Session
    port : int
    key : str
        What the link has to carry.
    """
    token = secrets.token_urlsafe(32)
    handlers = _Handlers(session, Worker(session), token)
    return Starlette(
        routes=[
            Route("/", handlers.index),
            Route("/api/session", handlers.open_session),
            Route("/api/progress", handlers.progress),
            Route("/api/articles/{number:int}", handlers.article),
            Route("/api/articles/{number:int}/evidence/{theme}", handlers.evidence),
            Route("/api/articles/{number:int}", handlers.judge, methods=["POST"]),
            Route("/api/undo", handlers.undo, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS)),
            Middleware(Guard, port=port, key=key, token=token),
        ],
        lifespan=handlers.lifespan,
    )


@dataclass(frozen=True)
class _Handlers:
    session: Session
    worker: Worker
    token: str

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with self.worker.running():
            yield

    def index(self, request: Request) -> Response:
        return FileResponse(_STATIC / "index.html")

    def open_session(self, request: Request) -> Response:
        language = _language(request.headers.get("accept-language", ""))
        return _json(self.session.overview() | {"token": self.token, "language": language})

    def progress(self, request: Request) -> Response:
        return _json(self.session.progress() | {"curve": self.worker.curve.to_dict()})

    def article(self, request: Request) -> Response:
        return _json(self.session.article(self._number(request)))

    def evidence(self, request: Request) -> Response:
        theme = request.path_params["theme"]
        if theme not in self.session.store.codebook.ids:
            raise HTTPException(404, f"no theme {theme!r}")
        return _json(self.session.evidence(self._number(request), theme))

    async def judge(self, request: Request) -> Response:
        number = self._number(request)
        judgement = _judgement(await request.body())
        try:
            await run_in_threadpool(self.session.store.judge, number, judgement)
        except NewsclfError as error:
            raise HTTPException(400, str(error)) from error
        self.worker.note_change()
        return _json({"number": number})

    async def undo(self, request: Request) -> Response:
        number = await run_in_threadpool(self.session.store.undo)
        self.worker.note_change()
        return _json({"number": number})

    def _number(self, request: Request) -> int:
        number: int = request.path_params["number"]
        if number >= len(self.session.store.articles):
            raise HTTPException(404, f"no article {number}")
        return number


def _judgement(body: bytes) -> Judgement:
    """Read a judgement, whatever came."""
    try:
        record = json.loads(body)
        labels, borderline, state, seen = (
            record[name] for name in ("labels", "borderline", "state", "seen")
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise HTTPException(400, f"expected a judgement, got {body[:60]!r}") from error
    themes = [labels, borderline]
    if not all(isinstance(t, list) and all(isinstance(i, str) for i in t) for t in themes):
        raise HTTPException(400, f"expected lists of theme ids, got {themes!r:.80}")
    if state not in ("open", "done", "skipped") or not isinstance(seen, bool):
        raise HTTPException(400, f"expected a state and whether suggestions were seen, got {state}")
    return Judgement(tuple(labels), tuple(borderline), state, seen)


def _json(value: Any) -> Response:
    # Escaped to ASCII: half a surrogate pair in an article cannot be sent otherwise.
    return Response(json.dumps(value), media_type="application/json")


def _language(accepted: str) -> str:
    """Return the language of the page that a browser likes best.

    >>> _language("de,en-GB;q=0.7,zh-CN;q=0.9"), _language("fr")
    ('zh', 'en')
    """
    best, quality = "en", 0.0
    for part in accepted.split(","):
        name, _, parameter = part.strip().partition(";q=")
        with contextlib.suppress(ValueError):
            weight = float(parameter or 1)
            if name[:2].lower() in _LANGUAGES and weight > quality:
                best, quality = name[:2].lower(), weight
    return best
