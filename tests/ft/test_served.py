"""A rehearsed model behind llama.cpp's own server, as `ft serve` and `ft chat` start it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from eval import endpoint
from eval.endpoint import Endpoint
from ft.serving import engine, offer
from prep.errors import UserError
from prep.files import write_text
from tests.conftest import one_line, run
from tests.ft.serving import Serving, gone, left, status_of

pytestmark = pytest.mark.slow
KEY = "a-key-of-this-test"


@pytest.fixture(scope="module")
def served(exported: Path, workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, str]]:
    """The exported run behind its server, which asks for KEY. What llama.cpp's server would take from the environment
    for its own is there too."""
    env = os.environ | {"FT_KEY": KEY, "HOST": "0.0.0.0", "PORT": "9", "API_KEY": "x", "N_CTX": "9"}  # noqa: S104
    out = tmp_path_factory.mktemp("served") / "out"
    port = str(engine.free_port())
    with Serving(out, "exported", "--gguf", "q8_0", "--port", port, cwd=workspace, env=env) as server:
        yield server, server.ready()
        children = server.children()
        assert server.end(signal.SIGINT) == 0
        assert server.said.endswith("ended\n") and gone(children)


def test_only_who_has_the_key_is_answered(served: tuple[Serving, str]) -> None:
    server, url = served
    assert [status_of(f"{url}/models", key) for key in ("", "x", KEY)] == [401, 401, 200]
    assert not [line for line in left(KEY) if "ft" in line] and KEY not in server.said


def test_it_listens_where_it_was_told_to_alone(served: tuple[Serving, str]) -> None:
    server, url = served
    places = {found.laddr for one in server.children() for found in one.net_connections() if found.status == "LISTEN"}
    assert {f"http://{place.ip}:{place.port}/v1" for place in places} == {url}


def test_the_curl_line_works_as_it_stands(served: tuple[Serving, str]) -> None:
    found = re.search(r"^try +(curl .*\n.*\n.*\n.*)$", served[0].said, flags=re.M)
    assert found and shutil.which("curl")
    env = os.environ | {"OPENAI_API_KEY": KEY}
    done = subprocess.run(["bash", "-c", found[1]], env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["choices"][0]["message"]["content"]


def test_eval_asks_it_as_any_other_server(served: tuple[Serving, str], monkeypatch: pytest.MonkeyPatch) -> None:
    place = Endpoint(served[1] + "/chat/completions")
    with pytest.raises(UserError, match="401"):
        endpoint.model_name(place)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    place = place._replace(model=endpoint.model_name(place))
    assert place.model == "exported-Q8_0"
    endpoint.greet(place, likelihoods=False)


def test_a_chat_with_it_streams_and_says_when_the_context_is_full(served: tuple[Serving, str], workspace: Path) -> None:
    env = os.environ | {"OPENAI_API_KEY": KEY}
    asked = f"Hello\n{'a word ' * 600}\nHello again\n"
    options = ("--url", served[1], "--max-tokens", "5")
    done = run("ft", "chat", "exported", *options, cwd=workspace, env=env, input=asked)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert len(done.stdout.splitlines()) >= 2
    assert "the chat is longer than the context of 512 tokens: /reset" in done.stderr


def test_an_alpaca_model_is_asked_with_its_prompt_and_nothing_stays_of_the_chat(
    exported: Path, workspace: Path
) -> None:
    folder = workspace / "outputs" / "alpaca"
    (folder / "gguf").mkdir(parents=True)
    values = yaml.safe_load((exported / "recipe.yaml").read_text())
    write_text(folder / "recipe.yaml", yaml.safe_dump(values | {"datasets": [{"path": "x", "type": "alpaca"}]}))
    (folder / "gguf/alpaca-Q4_K_M.gguf").symlink_to(exported / "gguf/exported-Q4_K_M.gguf")
    found = offer.find(str(folder))
    assert not found.chat and found.name == "alpaca-Q4_K_M" and found.context == 512
    done = run("ft", "chat", "alpaca", "--max-tokens", "5", cwd=workspace, input="Hello\n/quit\nnot asked\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and "Asked with the Alpaca prompt" in done.stderr
    assert left("alpaca-Q4_K_M.gguf") == []


def test_a_file_alone_is_served_as_it_says_of_itself(exported: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(exported / "gguf/exported-Q4_K_M.gguf", tmp_path / "alone.gguf"))
    found = offer.find(str(file))
    assert found.chat and found.run is None and found.context > 0
    with pytest.raises(UserError, match="is a file already"):
        offer.find(str(file), "Q8_0")


def test_a_file_that_is_cut_off_is_one_line_before_a_server_is_started(exported: Path, tmp_path: Path) -> None:
    whole = (exported / "gguf/exported-Q4_K_M.gguf").read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[: len(whole) // 2])
    one_line(run("ft", "serve", "cut.gguf", "--port", str(engine.free_port()), cwd=tmp_path), 1, "cut.gguf", "export")
    assert not (tmp_path / "outputs").exists()


def test_nothing_stays_of_llama_cpp_when_the_command_is_killed(exported: Path, workspace: Path, tmp_path: Path) -> None:
    port = str(engine.free_port())
    with Serving(tmp_path / "out", "exported", "--port", port, cwd=workspace, env=dict(os.environ)) as server:
        assert f"{engine.HOST}:{port}" in server.ready()
        assert "exported-bf16.gguf" in server.said  # two are quantised
        children = server.children()
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        assert len(children) == 1 and gone(children)
