"""One question to a server: each way of failing is one line, in bounded time and tries; a key is never shown."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from eval import endpoint
from eval.endpoint import Endpoint, ask, likelihood_of, model_name, text_of
from ft.serving.stream import address
from prep.errors import UserError
from tests.eval.fake_server import FakeServer, likelihoods, serving

PAYLOAD: dict[str, Any] = {"model": "fake", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 9}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "sleep", lambda seconds: None)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as found:
        yield found


def chat(server: FakeServer, seconds: float = 60) -> Endpoint:
    return Endpoint(address(server.url), "fake", seconds)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("http://host:8000", "http://host:8000/v1/chat/completions"),
        ("http://host:8000/v1/", "http://host:8000/v1/chat/completions"),
        ("https://host/api/v1/completions", "https://host/api/v1/completions"),
        ("https://host/v1/chat/completions", "https://host/v1/chat/completions"),
    ],
)
def test_an_address_leads_to_completions(given: str, found: str) -> None:
    assert address(given) == found
    assert Endpoint(address(given)).chat == ("/chat/" in found)


@pytest.mark.parametrize("given", ["http://", "ftp://host", "http://user:secret@host/v1", "http://host/v1?key=secret"])
def test_an_address_that_is_none_or_has_a_key_is_refused_without_showing_it(given: str) -> None:
    with pytest.raises(UserError) as error:
        address(given)
    assert "secret" not in str(error.value)


def test_a_known_answer(server: FakeServer) -> None:
    found = ask(chat(server), dict(PAYLOAD), print)
    assert (text_of(found), endpoint.tokens_of(found)) == ("HELLO", 1)


@pytest.mark.parametrize(
    ("mode", "words", "asked"),
    [
        ("500", "answers 500: out of cards", endpoint.TRIES),
        ("401", "refuses .401.: the key in OPENAI_API_KEY", 1),
        ("404", "answers 404: nothing here", 1),
        ("html", "something else than JSON: <html>a proxy", endpoint.TRIES),
        ("binary", "something else than JSON", endpoint.TRIES),
        ("list", "something else than an object", endpoint.TRIES),
        ("no choices", "without choices: .*no model is loaded", 1),
        ("redirect", "answers 302", 1),
        ("cut", "the connection was cut", endpoint.TRIES),
    ],
)
def test_a_server_that_fails_is_one_line_after_some_tries(
    server: FakeServer, mode: str, words: str, asked: int
) -> None:
    server.mode = mode
    told: list[str] = []
    with pytest.raises(UserError, match=words) as error:
        ask(chat(server), dict(PAYLOAD), told.append)
    assert "\n" not in str(error.value)
    assert str(error.value).isprintable()
    assert len(server.asked) == asked
    assert len(told) == asked - 1


@pytest.mark.parametrize("mode", ["hang", "drip"])
def test_a_server_that_hangs_or_never_ends_has_a_time_limit(server: FakeServer, mode: str) -> None:
    server.mode = mode
    with pytest.raises(UserError, match=r"no answer in 0.5 s \(2 tries\)"):
        ask(chat(server, seconds=0.5), dict(PAYLOAD), print, tries=2)


@pytest.mark.parametrize("mode", ["500 once", "429 once"])
def test_a_server_that_fails_once_is_asked_again_and_that_is_said(server: FakeServer, mode: str) -> None:
    server.mode = mode
    told: list[str] = []
    assert text_of(ask(chat(server), dict(PAYLOAD), told.append)) == "HELLO"
    assert len(told) == 1
    assert "asking again" in told[0]


def test_nothing_that_listens_is_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UserError, match="nothing listens there"):
        ask(Endpoint(f"http://127.0.0.1:{port}/v1/chat/completions"), dict(PAYLOAD), print, tries=1)


def test_a_null_answer_is_none_and_half_a_surrogate_is_text(server: FakeServer) -> None:
    server.mode = "null"
    assert text_of(ask(chat(server), dict(PAYLOAD), print)) == ""
    server.mode = "surrogate"
    assert text_of(ask(chat(server), dict(PAYLOAD), print)) == "a?b\0"
    server.mode = "parts"
    with pytest.raises(UserError, match="is no text"):
        text_of(ask(chat(server), dict(PAYLOAD), print))


def test_the_key_is_sent_and_never_shown(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    server.mode = "500"
    monkeypatch.setattr(endpoint, "_message", lambda body: "your key sk-secret is fine")
    told: list[str] = []
    with pytest.raises(UserError, match=r"your key .the key. is fine") as error:
        ask(chat(server), dict(PAYLOAD), told.append)
    assert server.keys[0] == "Bearer sk-secret"
    assert not [text for text in [str(error.value), *told] if "sk-secret" in text]


def test_the_only_model_of_a_server_is_taken_and_several_are_named(server: FakeServer) -> None:
    assert model_name(chat(server)) == "fake"
    server.models = ["a", "b"]
    with pytest.raises(UserError, match=r"which of its 2 models \(a, b\)\? --model-name"):
        model_name(chat(server))


def test_a_newer_name_of_the_token_limit_is_used_where_the_server_asks_for_it(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = endpoint.AskingError("answers 400: use 'max_completion_tokens' instead of 'max_tokens'", again=False)
    send, payloads = endpoint._send, []

    def strict(url: str, payload: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
        payloads.append(dict(payload or {}))
        if "max_tokens" in (payload or {}):
            raise told
        return send(url, payload, seconds)

    monkeypatch.setattr(endpoint, "_send", strict)
    assert text_of(ask(chat(server), dict(PAYLOAD), print)) == "HELLO"
    assert payloads[-1]["max_completion_tokens"] == 9


def test_the_likelihood_is_that_of_the_answer_alone() -> None:
    text = "Say it. A dog is here"
    found = {"choices": [{"logprobs": likelihoods(text)}]}
    assert likelihood_of(found, len("Say it."), len(text)) == (-4.0, 4, 2)  # A dog is here: two have an even length
    assert likelihood_of(found, len("Say it. A do"), len(text)) == (-3.0, 3, 2)  # a token across the start counts


@pytest.mark.parametrize("told", [None, {}, {"text_offset": [0], "token_logprobs": [-1.0], "top_logprobs": [{}]}])
def test_a_server_without_likelihoods_of_what_it_was_given_is_one_line(told: dict[str, Any] | None) -> None:
    with pytest.raises(UserError, match="gives no likelihoods"):
        likelihood_of({"choices": [{"logprobs": told}]}, 10, 20)


def test_a_greeting_finds_out_what_the_server_can_do(server: FakeServer) -> None:
    endpoint.greet(chat(server), likelihoods=False)
    endpoint.greet(Endpoint(address(server.url + "/completions"), "fake"), likelihoods=True)
    server.mode = "500"
    with pytest.raises(UserError, match="answers 500"):
        endpoint.greet(chat(server), likelihoods=False)
    assert len(server.asked) == 3
