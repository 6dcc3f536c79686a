"""One question to an OpenAI-compatible server: a limit on its time and size, a few tries, one line when it fails."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ft.serving.stream import CHAT, KEY, TEXT, is_here
from prep.errors import UserError

TRIES = 4
_LARGEST = 64 * 2**20  # bytes of an answer: no model writes as much
_LONGEST_WAIT = 60  # seconds that a server may ask to wait before the next try
_BUSY = {408, 409, 425, 429, 500, 502, 503, 504, 529}


class Endpoint(NamedTuple):
    """`url` is that of chat completions, or of completions; `seconds` is the limit of one answer."""

    url: str
    model: str = ""
    seconds: float = 300

    @property
    def chat(self) -> bool:
        return self.url.endswith(CHAT)

    @property
    def models(self) -> str:
        return self.url.removesuffix(CHAT).removesuffix(TEXT) + "/models"


class AskingError(Exception):
    """One try that failed; `again` after `wait` seconds, or never."""

    def __init__(self, why: str, again: bool = True, wait: float = 0) -> None:
        super().__init__(why)
        self.again, self.wait = again, wait


def ask(endpoint: Endpoint, payload: dict[str, Any], say: Callable[[str], None], tries: int = TRIES) -> dict[str, Any]:
    """The server's answer with at least one choice. Raises UserError, one line, after `tries` that failed."""

    def once() -> dict[str, Any]:
        try:
            return _choices(_send(endpoint.url, payload, endpoint.seconds))
        except AskingError as error:
            if "max_completion_tokens" not in str(error) or "max_tokens" not in payload:
                raise
            payload["max_completion_tokens"] = payload.pop("max_tokens")  # what newer models of OpenAI call it
            return _choices(_send(endpoint.url, payload, endpoint.seconds))

    return _tried(endpoint.url, once, say, tries)


def greet(endpoint: Endpoint, likelihoods: bool) -> None:
    """One short question before many. Raises UserError, one line, where the server cannot do what will be asked."""
    payload: dict[str, Any] = {"model": endpoint.model, "max_tokens": 1, "temperature": 0}
    if endpoint.chat:
        ask(endpoint, {**payload, "messages": [{"role": "user", "content": "Hello"}]}, lambda text: None, tries=1)
        return
    echo = {"echo": True, "logprobs": 1} if likelihoods else {}
    found = ask(endpoint, {**payload, "prompt": "Hello there", **echo}, lambda text: None, tries=1)
    if likelihoods:
        likelihood_of(found, len("Hello"), len("Hello there"))


def model_name(endpoint: Endpoint) -> str:
    """The one model that the server has. Raises UserError for several, and for a server that does not tell."""
    try:
        found = _send(endpoint.models, None, min(endpoint.seconds, 30))
        names = [str(entry["id"]) for entry in found["data"]]
    except (AskingError, KeyError, TypeError) as error:
        why = str(error) if isinstance(error, AskingError) else "it answers something else"
        raise UserError(f"{endpoint.models} names no model ({why}): is a server there? --model-name names it") from None
    if len(names) == 1:
        return names[0]
    shown = ", ".join(sorted(names)[:8]) or "none"
    raise UserError(f"{endpoint.models}: which of its {len(names)} models ({shown})? --model-name says it")


def text_of(found: dict[str, Any]) -> str:
    """What the server wrote; "" for an answer without a text, which is no answer."""
    choice = found["choices"][0]
    text = (choice.get("message") or {}).get("content") if "message" in choice else choice.get("text")
    if text is not None and not isinstance(text, str):
        raise UserError(f"the server's answer is no text: {_short(json.dumps(text))}", 1)
    return (text or "").encode("utf-8", "replace").decode()  # half of a surrogate pair is no text


def tokens_of(found: dict[str, Any]) -> int | None:
    usage = found.get("usage")
    count = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return count if isinstance(count, int) and count >= 0 else None


def likelihood_of(found: dict[str, Any], start: int, end: int) -> tuple[float, int, int]:
    """Log-likelihood in nats of the echoed text between two characters, its tokens, and how many of them were the most
    likely ones. A token that lies across `start` counts. Raises UserError where the server echoes no likelihoods."""
    told = found["choices"][0].get("logprobs") or {}
    offsets, values, tops = (told.get(name) for name in ("text_offset", "token_logprobs", "top_logprobs"))
    if not offsets or not values or not tops or not len(offsets) == len(values) == len(tops) or offsets[-1] < start:
        raise UserError(
            "the server gives no likelihoods of a text that it was given (completions with echo and logprobs; "
            "vLLM and llama.cpp's Python server do): leave the loss tasks out",
            1,
        )
    ends = [*offsets[1:], end + 1]
    scored = [n for n, offset in enumerate(offsets) if ends[n] > start and offset < end and values[n] is not None]
    hits = sum(values[n] >= max(tops[n].values()) for n in scored if tops[n])
    return math.fsum(values[n] for n in scored), len(scored), hits


def _tried(url: str, once: Callable[[], dict[str, Any]], say: Callable[[str], None], tries: int) -> dict[str, Any]:
    for number in range(1, tries + 1):
        try:
            return once()
        except AskingError as error:
            if not error.again or number == tries:
                times = f" ({number} tries)" if number > 1 else ""
                raise UserError(f"{url}: {error}{times}", 1) from None
            wait = max(error.wait, 2 ** (number - 1))
            say(f"{url}: {error}; asking again in {wait:.0f} s")
            sleep(wait)
    raise AssertionError("tries must be at least 1")


def _choices(found: dict[str, Any]) -> dict[str, Any]:
    choices = found.get("choices")
    if not isinstance(choices, list) or not choices or not all(isinstance(choice, dict) for choice in choices):
        told = found.get("error")
        raise AskingError(f"answers without choices: {_short(json.dumps(told or found))}", again=False)
    return found


def _send(url: str, payload: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
    """One request, GET without a payload; AskingError for all that can go wrong on the way."""
    import requests

    with requests.Session() as session:
        session.trust_env = not is_here(urlsplit(url).hostname or "")  # no proxy to oneself
        key = os.environ.get(KEY)
        if key:
            session.headers["Authorization"] = f"Bearer {key}"
        method = "GET" if payload is None else "POST"
        try:
            with session.request(
                method, url, json=payload, stream=True, timeout=seconds, allow_redirects=False
            ) as response:
                body = _body(response, monotonic() + seconds)
                return _parsed(response, body)
        except (requests.exceptions.Timeout, TimeoutError):
            raise AskingError(f"no answer in {seconds:g} s") from None
        except requests.exceptions.SSLError:
            raise AskingError("its certificate is not accepted", again=False) from None
        except requests.exceptions.ConnectionError as error:
            raise AskingError(_refused(error)) from None
        except (requests.exceptions.RequestException, ValueError) as error:  # an address that is none
            raise AskingError(f"cannot be asked ({type(error).__name__})", again=False) from None


def _body(response: Any, end: float) -> bytes:
    """All of an answer. The library's own limit is between two bytes: a server that drips would never end."""
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    body = b""
    try:
        while part := response.raw.read1(2**16, decode_content=True):
            body += part
            if len(body) > _LARGEST:
                raise AskingError("its answer does not end", again=False)
            if monotonic() > end:
                raise TimeoutError
    except ReadTimeoutError:
        raise TimeoutError from None
    except HTTPError:
        raise AskingError("the connection was cut") from None
    return body


def _parsed(response: Any, body: bytes) -> dict[str, Any]:
    code = response.status_code
    if code in (401, 403):
        raise AskingError(f"refuses ({code}): the key in {KEY} is missing or not accepted", again=False)
    if code != 200:
        wait = response.headers.get("Retry-After", "")
        wait = min(float(wait), _LONGEST_WAIT) if wait.isdigit() else 0
        raise AskingError(f"answers {code}: {_short(_message(body))}", again=code in _BUSY, wait=wait)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise AskingError(f"answers something else than JSON: {_short(body.decode('utf-8', 'replace'))}") from None
    if not isinstance(found, dict):
        raise AskingError(f"answers something else than an object: {_short(json.dumps(found))}")
    return found


def _message(body: bytes) -> str:
    """What a server says of its error, where it says so as OpenAI's does."""
    text = body.decode("utf-8", "replace")
    try:
        error = json.loads(text)["error"]
        return str(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError, RecursionError):
        return text or "without a word"


def _refused(error: Exception) -> str:
    if "NameResolution" in repr(error) or "getaddrinfo" in repr(error):
        return "no machine of this name is known"
    return "nothing listens there" if "refused" in repr(error).lower() else "the connection was cut"


def _short(text: str) -> str:
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    key = os.environ.get(KEY)
    if key:
        plain = plain.replace(key, "(the key)")
    return plain if len(plain) <= 200 else plain[:200] + " ..."
