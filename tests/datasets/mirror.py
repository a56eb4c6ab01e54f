"""A server on this machine that plays the mirrors of a download, well and badly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

IMAGE = bytes([0, 0, 8, 1, 0, 0, 0x9C, 0x40]) + np.random.default_rng(0).bytes(40_000)


class Mirror:
    """Serves `answers[path]`, a function of the request handler, and counts what was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                answer = mirror.answers.get(self.path, status(404))
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = False
        self.server.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def send(content: bytes, length: int | None = None, kept: int | None = None, code: int = 200) -> Callable:
    """Answer with `content`, or its first `kept` bytes, claiming `length` bytes (0: claiming nothing)."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if length != 0:
            handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content[:kept])

    return answer


def status(code: int) -> Callable:
    """Answer with an error."""
    return lambda handler: handler.send_error(code)


def redirect(url: str) -> Callable:
    """Answer that the file is elsewhere."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def stall(content: bytes) -> Callable:
    """Send the beginning, then nothing until the test is over."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:100])
        handler.wfile.flush()
        handler.server.over.wait(60)

    return answer
