"""An OpenAI-compatible server, asked by a person: its address, its models, and an answer as it comes."""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from prep.errors import UserError

KEY = "OPENAI_API_KEY"
CHAT, TEXT = "/chat/completions", "/completions"
_PATIENCE = 600  # seconds between two words: a long prompt is read first


class Piece(NamedTuple):
    """Some of an answer; `end` says why it ended, with the last one: stop, or length."""

    text: str
    end: str = ""


def address(text: str) -> str:
    """The address that questions go to: a server's, its /v1, or one of completions. Raises UserError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"'{text}' is no address of a server: http://HOST:PORT/v1")
    if parts.username or parts.password or parts.query:
        raise UserError(f"{parts.scheme}://{parts.hostname}: an address is recorded; put the key into {KEY} instead")
    path = parts.path.rstrip("/")
    if not path.endswith(TEXT):
        path = (path or "/v1") + CHAT
    return f"{parts.scheme}://{parts.netloc}{path}"


def models(url: str, key: str, seconds: float) -> list[str]:
    """The names of what a server has; `url` is its /v1. Raises UserError where none answers."""
    with _asked("GET", f"{url}/models", None, key, seconds) as response:
        try:
            return [str(entry["id"]) for entry in json.loads(response.read())["data"]]
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{url}/models names no models: is it an OpenAI-compatible server?", 1) from None


def answer(url: str, payload: dict[str, Any], key: str) -> Iterator[Piece]:
    """The pieces of an answer as they come; `url` is that of chat completions, or of completions. Leaving off ends it
    on the server too. Raises UserError, one line, where the server fails."""
    with _asked("POST", url, payload | {"stream": True}, key, _PATIENCE) as response:
        for line in response.iter_lines():
            name, _, data = line.partition(":")
            if name != "data" or not data.strip():
                continue  # a comment that keeps the connection open
            if data.strip() == "[DONE]":
                return
            yield _piece(url, data)
        raise UserError(f"{url}: the connection was cut", 1)


def reason(url: str, payload: dict[str, Any], key: str) -> str:
    """Why a server cut the line: llama.cpp's says so only where it is asked for a whole answer. "" where it does not
    say, or answers now."""
    try:
        with _asked("POST", url, payload | {"max_tokens": 1}, key, _PATIENCE):
            return ""
    except UserError as error:
        return str(error)


def _piece(url: str, data: str) -> Piece:
    try:
        found = json.loads(data)
        if "error" in found:
            raise UserError(f"{url}: {_said(data)}", 1)
        choice = found["choices"][0] if found["choices"] else {}
        text = (choice.get("delta") or {}).get("content") or choice.get("text") or ""
        return Piece(str(text), str(choice.get("finish_reason") or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{url} answers something else than pieces of a text: {_short(data)}", 1) from None


@contextmanager
def _asked(method: str, url: str, payload: dict[str, Any] | None, key: str, seconds: float) -> Iterator[Any]:
    import httpx

    here = is_here(urlsplit(url).hostname or "")  # no proxy to oneself
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")  # half of a surrogate pair is no text
    limits = httpx.Timeout(seconds, connect=min(seconds, 30))
    try:
        with (
            httpx.Client(trust_env=not here, timeout=limits) as client,
            client.stream(method, url, content=body if payload else None, headers=headers) as response,
        ):
            if response.status_code in (401, 403):
                raise UserError(f"{url} refuses ({response.status_code}): is the key in {KEY} its key?", 1)
            if response.status_code != 200:
                said = _said(response.read().decode("utf-8", "replace"))
                raise UserError(f"{url} answers {response.status_code}: {said}", 1)
            yield response
    except httpx.TimeoutException:
        raise UserError(f"{url}: no answer in {seconds:g} s", 1) from None
    except httpx.ConnectError as error:
        known = "Name" not in str(error) and "nodename" not in str(error)
        raise UserError(
            f"{url}: {'nothing listens there' if known else 'no machine of this name is known'}", 1
        ) from None
    except httpx.TransportError:
        raise UserError(f"{url}: the connection was cut", 1) from None
    except (httpx.InvalidURL, httpx.DecodingError) as error:
        raise UserError(f"{url} cannot be asked: {_short(str(error))}", 1) from None


def is_here(host: str) -> bool:
    """Whether an address is one of this machine's own: then a socket can have it. Names are not looked up."""
    if host == "localhost":
        return True
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as own:
            own.bind((host, 0))
    except (ValueError, OSError):
        return False
    return True


def _said(body: str) -> str:
    """What a server says of its error, where it says so as OpenAI's does."""
    try:
        error = json.loads(body)["error"]
        return _short(str(error["message"] if isinstance(error, dict) else error))
    except (ValueError, KeyError, TypeError, RecursionError):
        return _short(body) or "without a word"


def _short(text: str) -> str:
    plain = " ".join(printable(text).split())
    return plain if len(plain) <= 200 else plain[:200] + " ..."


def printable(text: str) -> str:
    """A text without what would steer a terminal."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
