"""A stand-in for `vllm serve`: its own arguments and its key, known answers that stream, one word at a time.

`python -m tests.ft.canned serve FOLDER --served-model-name NAME ... --port N`. A question decides over its answer:
`slow` never ends, `long` is refused as too long for the context, `die` ends the server.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CODE = """Here is a script that greets, and a second one that is broken, so that you can see how both are \
marked.

```python
print("hello, this line of code is longer than eighty columns of a terminal and must stay what it is")
```

```python
print("hello"
```

And a block of something that nothing here can check:

```cobol
DISPLAY "HELLO".
```

That is all."""
TOO_LONG = "This model's maximum context length is 64 tokens, however you requested 99 tokens."


def answer(question: str, messages: int) -> Iterator[str]:
    if question == "code":
        yield from CODE.replace(" ", " \0").split("\0")
    while "slow" in question:
        yield "word "
        time.sleep(0.05)
    if "die" in question:
        os._exit(3)
    yield f"{question} is message {messages}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._whole(200, {"data": [{"id": self.server.name}]})  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        messages = asked.get("messages") or [{"content": asked["prompt"]}]
        question = messages[-1]["content"]
        if "long" in question:
            self._whole(400, {"error": {"message": TOO_LONG}})
            return
        if self._refused():
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for text in answer(question, len(messages)):
            self._piece({"delta": {"content": text}} if "messages" in asked else {"text": text})
        self._piece({"delta": {}, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")

    def _piece(self, choice: dict[str, Any]) -> None:
        self.wfile.write(b": a comment\n\ndata: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        self.wfile.flush()

    def _whole(self, code: int, body: dict[str, Any]) -> None:
        if self._refused():
            return
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def _refused(self) -> bool:
        key = os.environ.get("VLLM_API_KEY")
        if not key or self.headers.get("Authorization") == f"Bearer {key}":
            return False
        self.send_response(401)
        self.end_headers()
        return True


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("verb", "folder"):
        parser.add_argument(name)
    parser.add_argument("--served-model-name")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--max-model-len", type=int)
    given = parser.parse_args()
    server = ThreadingHTTPServer((given.host, given.port), Handler)
    server.daemon_threads = True
    server.name = given.served_model_name  # type: ignore[attr-defined]
    server.serve_forever()


if __name__ == "__main__":
    main()
