"""A model behind an OpenAI-compatible server of this machine: llama.cpp's own for a GGUF file, vLLM on a card.

`python -m ft.serving.engine llama|vllm ARGUMENTS` is the server's process: it ends with the command that started it,
however that ends.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from ft import hardware, llama, lock, process
from ft.serving import stream
from prep.errors import UserError

HOST = "127.0.0.1"
LOG = "server.log"
PATIENCE = 600.0  # seconds for a model to load
_KEY = "FT_SERVER_KEY"  # how the key comes to the server's process: an argument can be read by everyone
_LOOKED_AT = 0.2  # seconds between two questions whether it is ready


class Place(NamedTuple):
    """Where a server listens, and the key that it asks for."""

    host: str = HOST
    port: int = 0
    key: str = ""

    @property
    def url(self) -> str:
        """Where this machine reaches it: one that listens everywhere, through itself."""
        host = self.host
        if is_address(host) and ipaddress.ip_address(host).is_unspecified:
            host = "::1" if ":" in host else HOST
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/v1"

    @property
    def alone(self) -> bool:
        """Whether this machine alone can reach it. A name may lead anywhere."""
        return self.host == "localhost" or (is_address(self.host) and ipaddress.ip_address(self.host).is_loopback)


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def require() -> None:
    """Raises UserError where llama.cpp's server is not installed."""
    missing = [name for name in ("llama_cpp", "fastapi", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UserError(f"a GGUF file needs llama.cpp's server ({', '.join(missing)} is missing): make setup")


def has_vllm() -> bool:
    """Whether vLLM is installed, and a card is there for it."""
    path = process.environment(offline=True, cpu=False)["PATH"]
    return shutil.which("vllm", path=path) is not None and bool(hardware.gpus())


def llama_argv(
    file: Path, name: str, place: Place, context: int, likelihoods: bool = False, options: dict[str, Any] | None = None
) -> list[str]:
    """llama.cpp's server with one GGUF file. `context`: tokens of a prompt and its answer; likelihoods: also those of
    the prompt, for context x vocabulary x 4 bytes; options: what its chat template is given."""
    argv = ["llama", "--model", str(file), "--model_alias", name]
    argv += ["--host", place.host, "--port", str(place.port), "--n_ctx", str(context)]
    argv += ["--n_gpu_layers", "-1" if hardware.gpus() else "0", "--logits_all", str(likelihoods).lower()]
    argv += ["--interrupt_requests", "false"]  # else a second question ends the first one's answer
    return [*argv, "--chat_template_kwargs", json.dumps(options)] if options else argv


def free_port(host: str = HOST, near: int = 0) -> int:
    """A port that nothing has: one of the next after `near` where one is free, else any."""
    for port in [*range(near + 1, min(near + 20, 65535)), 0] if near else [0]:
        try:
            with _bound(host, port) as found:
                return int(found.getsockname()[1])
        except OSError:
            continue
    raise UserError(f"{host}: no port is free", 1)


def check_place(place: Place) -> None:
    """Raises UserError where no server can listen: before a model is loaded."""
    try:
        with _bound(place.host, place.port):
            return
    except socket.gaierror:
        raise UserError(f"--host {place.host}: no machine of this name is known") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            free = free_port(place.host, place.port)
            raise UserError(f"port {place.port} of {place.host} is in use: --port {free} is free") from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise UserError(f"--host {place.host}: not an address of this machine") from None
        raise UserError(f"--host {place.host} --port {place.port}: {error.strerror}: choose another") from None


def _bound(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found = socket.socket(family, kind)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        found.bind(address)
    except OSError:
        found.close()
        raise
    return found


@contextmanager
def serving(
    argv: list[str], name: str, place: Place, folder: Path, patience: float, watch: Callable[[], None] = lambda: None
) -> Iterator[process.Child]:
    """A server that is ready, while the block runs; nothing of it stays. `folder` gets its log and is this command's
    alone; `watch` is called while the model loads. Raises UserError with the cause where it does not get ready."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG
    with lock.hold(folder, "serve"):
        env = process.environment(offline=True, cpu=not hardware.gpus()) | lock.environment(folder)
        env |= {_KEY: place.key} if place.key else {}
        with process.running([sys.executable, "-m", "ft.serving.engine", *argv], log, env) as server:
            end = time.monotonic() + patience
            while not ready(name, place):
                if server.poll() is not None:
                    raise UserError(f"the server did not start: {cause(log, server)}\n  the whole log: {log}", 1)
                if time.monotonic() > end:
                    why = f"the server is not ready after {patience:g} s (--patience 3600 gives it more)"
                    raise UserError(f"{why}; it said last: {process.cause(log)}\n  the whole log: {log}", 1)
                watch()
                time.sleep(_LOOKED_AT)
            yield server


def ready(name: str, place: Place) -> bool:
    """Whether this very server answers: another one may have come to the port first."""
    try:
        return name in stream.models(place.url, place.key, seconds=5)
    except UserError:
        return False


def cause(log: Path, server: process.Child) -> str:
    """Why a server has ended, in one line."""
    code = server.returncode or 0
    if "address already in use" in log.read_text(encoding="utf-8", errors="replace"):
        return "another program took its port meanwhile: choose another"
    if code < 0 or code > 128:
        return f"it was ended by signal {-code if code < 0 else code - 128}: out of memory?"
    return llama.cause(log, code)


def main(program: str, *arguments: str) -> None:
    """The server's process."""
    lock.die_with_command()
    key = os.environ.pop(_KEY, "")
    if program != "llama":
        os.environ.pop("VLLM_API_KEY", None)
        env = os.environ | ({"VLLM_API_KEY": key} if key else {})
        code = subprocess.run([program, *arguments], env=env, check=False).returncode
        sys.exit(128 - code if code < 0 else code)
    from llama_cpp.server.settings import Settings

    # It takes each of its settings from the environment too, and HOST and PORT from there first.
    own = {*Settings.model_fields, "config_file", "web_concurrency"}
    for variable in [variable for variable in os.environ if variable.lower() in own]:
        del os.environ[variable]
    if key:
        os.environ["API_KEY"] = key
    sys.argv[1:] = arguments
    runpy.run_module("llama_cpp.server", run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
