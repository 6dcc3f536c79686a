"""`ft serve`: what it serves, where it listens, who may ask; each way to fail is one line, and nothing stays."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from ft import lock
from ft.serving import engine, offer, serve, stream
from ft.serving.engine import Place
from prep.errors import UserError
from prep.files import write_json
from tests.conftest import one_line, run
from tests.eval.fake_server import serving
from tests.ft import canned
from tests.ft.serving import PATIENCE, Serving, gone, left, merged_run, status_of, with_vllm


@pytest.mark.parametrize(
    ("host", "url", "alone"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/v1", True),
        ("localhost", "http://localhost:8000/v1", True),
        ("::1", "http://[::1]:8000/v1", True),
        ("0.0.0.0", "http://127.0.0.1:8000/v1", False),  # noqa: S104
        ("::", "http://[::1]:8000/v1", False),
        ("192.168.1.7", "http://192.168.1.7:8000/v1", False),
        ("localhost.example.org", "http://localhost.example.org:8000/v1", False),
    ],
)
def test_a_place_knows_whether_others_reach_it(host: str, url: str, alone: bool) -> None:
    place = Place(host, 8000)
    assert (place.url, place.alone) == (url, alone)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_one_that_is_free(taken: int) -> None:
    with pytest.raises(UserError, match=rf"port {taken} of 127.0.0.1 is in use: --port \d+ is free") as error:
        engine.check_place(Place(port=taken))
    engine.check_place(Place(port=int(re.findall(r"--port (\d+)", str(error.value))[0])))


@pytest.mark.parametrize(
    ("host", "words"), [("192.0.2.1", "not an address of this machine"), ("no.such.invalid", "no machine of this name")]
)
def test_a_host_that_cannot_be_listened_on_is_one_line(host: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        engine.check_place(Place(host, 8000))


@pytest.mark.parametrize(
    ("names", "given", "found"),
    [
        (["bf16", "Q4_K_M"], "", "Q4_K_M"),
        (["f16", "Q4_K_M", "Q8_0"], "", "f16"),
        (["bf16"], "", "bf16"),
        (["Q4_K_M", "Q8_0"], "", "Q4_K_M"),
        (["bf16", "Q4_K_M"], "BF16", "bf16"),
        (["bf16", "Q4_K_M", "Q8_0"], "q8_0", "Q8_0"),
    ],
)
def test_the_file_is_the_named_form_or_the_only_quantised_one_or_that_of_16_bits(
    tmp_path: Path, names: list[str], given: str, found: str
) -> None:
    (tmp_path / "run/gguf").mkdir(parents=True)
    for name in names:
        (tmp_path / f"run/gguf/run-{name}.gguf").touch()
    assert offer.chosen(tmp_path / "run", given).name == f"run-{found}.gguf"


def test_a_file_of_a_merged_model_of_before_is_not_taken(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "gguf").mkdir(parents=True)
    for form in ("bf16", "Q4_K_M"):
        (run / f"gguf/run-{form}.gguf").touch()
    assert offer.chosen(run, "").name == "run-Q4_K_M.gguf"
    entry = {"bytes": 0, "sha256": ""}
    write_json(run / "gguf/export.json", {"files": {"run-bf16.gguf": entry}})
    assert offer.chosen(run, "").name == "run-bf16.gguf"
    with pytest.raises(UserError, match="not among the files"):
        offer.chosen(run, "Q4_K_M")


def test_a_form_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no GGUF file yet: python -m ft merge run, then python -m ft export run"):
        offer.chosen(tmp_path / "run", "")
    (tmp_path / "run/gguf").mkdir(parents=True)
    (tmp_path / "run/gguf/run-Q4_K_M.gguf").touch()
    with pytest.raises(UserError, match=r"did you mean Q4_K_M\?"):
        offer.chosen(tmp_path / "run", "Q4_K")


def test_a_gguf_file_without_llama_cpp_is_one_line_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"llama_cpp, .* is missing.: make setup"):
        engine.require()


def test_likelihoods_take_their_memory_only_where_they_are_wanted() -> None:
    """llama.cpp's server keeps the logits of a whole context by itself: 6 GiB of 8192 tokens and 200,000 words."""
    argv = engine.llama_argv(Path("x.gguf"), "x", Place(port=1234), 64)
    assert argv[argv.index("--logits_all") + 1] == "false"
    assert argv[argv.index("--host") + 1] == "127.0.0.1"
    argv = engine.llama_argv(Path("x.gguf"), "x", Place(port=1234), 64, likelihoods=True, options={"a": 1})
    assert argv[argv.index("--logits_all") + 1] == "true"
    assert argv[-2:] == ["--chat_template_kwargs", '{"a": 1}']


def test_a_model_without_a_template_is_asked_with_the_prompt_of_training() -> None:
    found = offer.Offer("m", Path("m.gguf"), chat=False, context=64)
    asked = found.payload([{"role": "system", "content": "Be short."}, {"role": "user", "content": "Write f."}])
    assert asked["prompt"].endswith("### Instruction:\nBe short.\n\nWrite f.\n\n### Response:\n")
    assert asked["stop"] == ["### Instruction:"]
    line = serve.curl(found, Place(port=1, key="secret"))
    assert "/v1/completions" in line and "$OPENAI_API_KEY" in line and "secret" not in line


def test_a_merged_model_that_chats_has_a_template(tmp_path: Path) -> None:
    folder = merged_run(tmp_path)
    assert offer.of_merged(folder, 0).chat
    (folder / "merged/chat_template.jinja").unlink()
    with pytest.raises(UserError, match="no chat template"):
        offer.of_merged(folder, 0)


def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(tmp_path: Path) -> None:
    done = run("ft", "serve", "x", "--key", "two words", cwd=tmp_path)
    one_line(done, 2, "--key: letters")
    assert "two words" not in done.stderr


def test_a_port_in_use_ends_the_command_before_anything_is_looked_for(tmp_path: Path, taken: int) -> None:
    one_line(run("ft", "serve", "no-such-model", "--port", str(taken), cwd=tmp_path), 2, f"port {taken}", "is in use")


def test_others_need_a_key_that_is_shown_once_and_vllm_serves_where_there_is_a_card(tmp_path: Path) -> None:
    folder, env = merged_run(tmp_path), with_vllm(tmp_path)
    port = str(engine.free_port())
    options = ("--host", "0.0.0.0", "--port", port)  # noqa: S104
    with Serving(tmp_path / "out", "run", *options, cwd=tmp_path, env=env) as server:
        url = server.ready()
        key = re.findall(r"export OPENAI_API_KEY=(\S+)", server.said)[0]
        assert len(key) >= 32 and server.said.count(key) == 1
        assert [status_of(f"{url}/models", one) for one in ("", "another", key)] == [401, 401, 200]
        assert "vLLM asks for the key under /v1 alone" in server.said
        children = server.children()
        lines = [" ".join(one.cmdline()) for one in children]
        assert any("tests.ft.canned serve" in line for line in lines), lines
        assert not [line for line in lines if key in line]
        assert key not in (folder / f"serve/{port}/server.log").read_text()
        assert server.end(signal.SIGTERM) == 0
        assert server.said.endswith("ended\n") and gone(children)


def test_nothing_stays_of_a_server_whose_command_was_killed(tmp_path: Path) -> None:
    merged_run(tmp_path)
    port = str(engine.free_port())
    with Serving(tmp_path / "out", "run", "--port", port, cwd=tmp_path, env=with_vllm(tmp_path)) as server:
        server.ready()
        children = server.children()
        assert len(children) == 2  # the one that ends with the command, and vLLM's own
        server.end(signal.SIGKILL)
        assert gone(children)


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        ("echo 'ValueError: no such model'; exit 3", [], "the server did not start: ValueError: no such model"),
        ("kill -9 $$", [], "ended by signal 9: out of memory?"),
        ("echo reading weights; sleep 600", ["--patience", "1"], "not ready after 1 s (--patience 3600"),
    ],
)
def test_a_server_that_does_not_get_ready_is_one_line_with_its_log(
    tmp_path: Path, body: str, options: list[str], words: str
) -> None:
    merged_run(tmp_path)
    port = str(engine.free_port())
    done = run("ft", "serve", "run", "--port", port, *options, cwd=tmp_path, env=with_vllm(tmp_path, body))
    one_line(done, 1, words, f"outputs/run/serve/{port}/server.log")
    assert left(str(tmp_path)) == []


def test_a_port_for_which_a_model_is_being_loaded_is_refused(tmp_path: Path) -> None:
    folder, env, port = merged_run(tmp_path), with_vllm(tmp_path), str(engine.free_port())
    with lock.hold(folder / "serve" / port, "serve"):
        done = run("ft", "serve", "run", "--port", port, cwd=tmp_path, env=env)
        one_line(done, 2, f"process {os.getpid()} is about to listen on port {port}")


def test_a_server_that_ends_by_itself_ends_the_command(tmp_path: Path) -> None:
    merged_run(tmp_path)
    port = str(engine.free_port())
    with Serving(tmp_path / "out", "run", "--port", port, cwd=tmp_path, env=with_vllm(tmp_path)) as server:
        with pytest.raises(UserError, match="the connection was cut"):
            list(stream.answer(server.ready() + stream.TEXT, {"prompt": "die"}, ""))
        assert server.process.wait(PATIENCE) == 1
        assert "the server ended by itself" in server.said and "Traceback" not in server.said


def test_a_strange_server_on_the_port_is_not_taken_for_ours() -> None:
    with serving() as other:
        place = Place(port=other.server_port)
        assert engine.ready("fake", place) and not engine.ready("mine", place)


def test_a_server_of_this_machine_is_asked_without_a_proxy_whatever_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{engine.free_port()}")  # nothing is there
    assert not any(map(stream.is_here, ("example.org", "192.0.2.7", "2001:db8::1", "")))
    with ThreadingHTTPServer(("127.0.0.2", 0), canned.Handler) as server:
        server.name = "one"  # type: ignore[attr-defined]
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert stream.models(f"http://127.0.0.2:{server.server_port}/v1", "", seconds=60) == ["one"]
