"""An OpenAI-compatible server on this machine with known answers, and every way of behaving badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], str]


class FakeServer(ThreadingHTTPServer):
    """`mode` is how it behaves now; `asked` are the payloads that it was sent, `keys` what was said of a key."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.mode, self.models = answer, "", ["fake"]
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.over = threading.Event()
        self.bad: Callable[[], None] = lambda: None  # what happens when it behaves badly

    def handle_error(self, *_: object) -> None:
        """Silent: a client that hangs up is what some tests are about."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving(answer: Answer = lambda payload: question(payload).upper()) -> Iterator[FakeServer]:
    server = FakeServer(answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


def question(payload: dict[str, Any]) -> str:
    return str(payload["messages"][-1]["content"] if "messages" in payload else payload["prompt"])


class Handler(BaseHTTPRequestHandler):
    server: FakeServer

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._send(200, json.dumps({"data": [{"id": name} for name in self.server.models]}).encode())

    def do_POST(self) -> None:
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(payload)
        self.server.keys.append(self.headers.get("Authorization"))
        misbehave = MODES.get(self.server.mode)
        if misbehave is not None:
            self.server.bad()
            misbehave(self, payload)
        else:
            self._answer(payload)

    def _answer(self, payload: dict[str, Any]) -> None:
        text = self.server.answer(payload)
        choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
        if "messages" in payload:
            choice["message"] = {"role": "assistant", "content": text}
        elif payload.get("echo"):
            choice |= {"text": payload["prompt"] + "!", "logprobs": likelihoods(payload["prompt"])}
        else:
            choice["text"] = text
        usage = {"prompt_tokens": 3, "completion_tokens": len(text.split())}
        self._send(200, json.dumps({"choices": [choice], "usage": usage}).encode())

    def _send(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def once(self, misbehave: Callable[[], None], payload: dict[str, Any]) -> None:
        """The first question alone is answered badly."""
        if len(self.server.asked) == 1:
            misbehave()
        else:
            self._answer(payload)

    def drip(self) -> None:
        """A byte at a time, for half a minute."""
        self.send_response(200)
        self.end_headers()
        for _ in range(600):
            if self.server.over.wait(0.05):
                return
            self.wfile.write(b" ")
            self.wfile.flush()


def likelihoods(text: str) -> dict[str, Any]:
    """A token is a word with the white space before it. Each has log-likelihood -1, and is the likeliest where it has
    an even number of letters. One more token is generated."""
    starts = [0] + [place for place in range(1, len(text)) if text[place].isspace() and not text[place - 1].isspace()]
    words = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    tops = [{word: -1.0} if len(word.strip()) % 2 == 0 else {"other": -0.5, word: -1.0} for word in words]
    return {
        "tokens": [*words, "!"],
        "text_offset": [*starts, len(text)],
        "token_logprobs": [None, *[-1.0] * (len(words) - 1), -9.0],
        "top_logprobs": [None, *tops[1:], {"!": -9.0}],
    }


Misbehave = Callable[[Handler, dict[str, Any]], None]
MODES: dict[str, Misbehave] = {
    "500": lambda self, payload: self._send(500, b'{"error": {"message": "out of cards"}}'),
    "500 once": lambda self, payload: self.once(lambda: self._send(500, b"oh"), payload),
    "429 once": lambda self, payload: self.once(lambda: self._send(429, b"slow", {"Retry-After": "0"}), payload),
    "401": lambda self, payload: self._send(401, b'{"error": "who are you?"}'),
    "404": lambda self, payload: self._send(404, b"nothing here"),
    "hang": lambda self, payload: bool(self.server.over.wait(120)) and None,
    "drip": lambda self, payload: self.drip(),
    "html": lambda self, payload: self._send(200, b"<html>a proxy</html>"),
    "binary": lambda self, payload: self._send(200, bytes(range(256))),
    "list": lambda self, payload: self._send(200, b"[1, 2]"),
    "no choices": lambda self, payload: self._send(200, b'{"error": {"message": "no model is loaded"}}'),
    "null": lambda self, payload: self._send(200, b'{"choices": [{"message": {"content": null}}]}'),
    "parts": lambda self, payload: self._send(200, b'{"choices": [{"message": {"content": [{"type": "text"}]}}]}'),
    "surrogate": lambda self, payload: self._send(200, b'{"choices": [{"message": {"content": "a\\ud800b\\u0000"}}]}'),
    "redirect": lambda self, payload: self._send(302, b"", {"Location": "http://127.0.0.1:1/"}),
    "cut": lambda self, payload: self._send(200, b'{"choi', {"Content-Length": "500"}),
}
