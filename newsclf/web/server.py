"""Serving the page on this machine alone."""

from __future__ import annotations

import contextlib
import errno
import secrets
import socket
from collections.abc import Callable

import uvicorn

from newsclf.errors import InputError
from newsclf.web.app import make_app
from newsclf.web.session import Session

__all__ = ["serve"]

_LOOPBACK = "127.0.0.1"


def serve(session: Session, *, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    session : Session
    port : int
        0 takes any free one.
    on_ready : callable
        Called with the link once the port is open; the link carries the key.

    Raises
    ------
    InputError
        The port is taken, or may not be used.
    """
    with _listen(port) as listener:
        port = listener.getsockname()[1]
        key = secrets.token_urlsafe(24)
        config = uvicorn.Config(
            make_app(session, port=port, key=key),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
        # Ctrl-C is how a session ends; uvicorn has shut down when it hands the signal on.
        with contextlib.suppress(KeyboardInterrupt):
            on_ready(f"http://{_LOOPBACK}:{port}/?key={key}")
            uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = "is taken" if error.errno == errno.EADDRINUSE else error.strerror
        raise InputError(
            f"port {port} {reason}; name another with --port, or --port 0 for any free one "
            "(is newsclf label running already?)"
        ) from error
    return listener
