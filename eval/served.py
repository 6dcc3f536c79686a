"""A GGUF file behind llama.cpp's own server, on this machine alone, while it is judged."""

from __future__ import annotations

import runpy
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from eval import endpoint
from eval.endpoint import Endpoint
from ft import hardware, lock, process
from prep.errors import UserError

HOST = "127.0.0.1"
_PATIENCE = 600  # seconds for a model to load
_CONTEXT = 8192  # tokens of a prompt and its answer
_HEADER = 64 * 2**20  # bytes that hold a file's metadata, its vocabulary included


def require() -> None:
    """Raises UserError where llama.cpp's server is not installed."""
    missing = [name for name in ("llama_cpp", "fastapi", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UserError(f"a GGUF file needs llama.cpp's server ({', '.join(missing)} is missing): make setup")


def has_template(path: Path) -> bool:
    """Whether the file says how to chat with it."""
    with path.open("rb") as file:
        return b"tokenizer.chat_template" in file.read(_HEADER)


def command(path: Path, port: int, likelihoods: bool) -> list[str]:
    argv = [sys.executable, "-m", "eval.served", "--model", str(path), "--host", HOST, "--port", str(port)]
    argv += ["--n_ctx", str(_CONTEXT), "--n_gpu_layers", "-1" if hardware.gpus() else "0"]
    return [*argv, "--logits_all", "true"] if likelihoods else argv


@contextmanager
def serving(path: Path, target: Path, likelihoods: bool, chat: bool, seconds: float) -> Iterator[Endpoint]:
    """Yields where the file answers; nothing of the server stays. `target` is the folder of results, which the command
    holds. Raises UserError where it does not start."""
    require()
    log = target / "server.log"
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    place = f"http://{HOST}:{port}/v1/{'chat/' if chat else ''}completions"
    env = process.environment(offline=True, cpu=not hardware.gpus()) | lock.environment(target)
    with process.running(command(path, port, likelihoods), log, env) as server:
        yield Endpoint(place, _name(Endpoint(place), server, log), seconds)


def _name(found: Endpoint, server: process.Child, log: Path) -> str:
    end = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < end:
        try:
            return endpoint.model_name(found)
        except UserError:
            time.sleep(0.2)
    raise UserError(f"llama.cpp's server did not start: {process.cause(log)}\n  the whole log: {log}", 1)


def main() -> None:
    """llama.cpp's own server; it ends with the command that started it, however that ends."""
    lock.die_with_command()
    runpy.run_module("llama_cpp.server", run_name="__main__")


if __name__ == "__main__":
    main()
