"""Axolotl imported once: the processes of several rehearsals are forks of one that has done the imports.

Shared are the interpreter's start and the imports, some 25 seconds each time. Every fork is a process of its own with
the session, environment, arguments, log and exit code that the command would have, and runs the command's module as
`python -m` does; for `accelerate launch` accelerate itself reads the command line and its file. Nothing but imports is
done before a fork: no thread is started and no tensor made. Without a card only: CUDA refuses to be used in a fork of
a process that has looked for one.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from typing import IO, ParamSpec, TypeVar

from ft import process
from ft.noise import noise_to
from ft.recipe import OUTPUTS
from prep.errors import UserError

P = ParamSpec("P")
T = TypeVar("T")
PRELOADED = [
    "accelerate.commands.accelerate_cli",
    "axolotl.train",
    "axolotl.cli.config",
    "axolotl.cli.merge_lora",
    "axolotl.common.datasets",
    "axolotl.core.builders",
    "axolotl.prompt_strategies.alpaca_w_system",
    "axolotl.prompt_strategies.chat_template",
    "axolotl.utils.data",
    "bitsandbytes",
    "ft.plugin",
    "ft.standin",
    "ft.verify",
    "ft.warm",
    "peft",
    "trl",
]
LOG = OUTPUTS / ".cache" / "warm.log"  # what the imports and the called functions say
_context = get_context("forkserver")


class Forked:
    """A fork that runs a command: as much of subprocess.Popen as `process.run` needs."""

    def __init__(self, argv: list[str], log: IO[bytes], env: dict[str, str]) -> None:
        self._process = _context.Process(target=_command, args=(argv, log.name, env, os.getcwd()))  # noqa: PTH109
        self._process.start()
        self.pid = int(self._process.pid or 0)
        with suppress(ProcessLookupError):  # it ended already
            while os.getpgid(self.pid) != self.pid:  # not yet in a session of its own, by which it can be ended
                time.sleep(0.005)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired after `timeout` seconds, as Popen does."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired([], timeout or 0)
        return self._process.exitcode


@contextmanager
def shared() -> Iterator[None]:
    """Within, `process.run` forks instead of starting an interpreter, and `call` calls in a fork."""
    _context.set_forkserver_preload(PRELOADED)
    own = dict(os.environ)
    os.environ.update(process.environment(offline=True, cpu=True))  # much of it is read at import
    try:
        with noise_to(LOG):
            forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(own)
    before = process.start.set(Forked)
    try:
        yield
    finally:
        process.start.reset(before)


def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """function(...), within `shared` in a fork: neither its imports nor what it changes in them stay here."""
    if process.start.get() is not Forked:
        return function(*args, **kwargs)
    ours, theirs = _context.Pipe(duplex=False)
    forked = _context.Process(target=_function, args=(theirs, os.getcwd(), function, args, kwargs))  # noqa: PTH109
    forked.start()
    theirs.close()
    try:
        value: T | UserError = ours.recv()
    except EOFError:
        raise UserError(f"{function.__name__} failed: {process.cause(LOG)}\n  the whole log: {LOG}", 1) from None
    finally:
        forked.kill()
        forked.join()
    if isinstance(value, UserError):
        raise value
    return value


def _function(
    pipe: Connection, folder: str, function: Callable[..., object], args: tuple[object], kwargs: dict[str, object]
) -> None:
    os.chdir(folder)
    try:
        pipe.send(function(*args, **kwargs))
    except UserError as error:
        pipe.send(error)


def _command(argv: list[str], log: str, env: dict[str, str], folder: str) -> None:
    """In the fork: become the process that `argv` would have started."""
    os.setsid()
    os.chdir(folder)
    out = os.open(log, os.O_WRONLY | os.O_APPEND)
    for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), out, out)):
        os.dup2(file, number)
    os.environ.update(env)  # over the server's, which has some variables that imports set
    python, dash_m, module, *rest = _launched(argv[2:]) if argv[:2] == ["accelerate", "launch"] else argv
    if (python, dash_m) != (sys.executable, "-m"):
        raise ValueError(f"only modules can be run in a fork: {argv}")
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _launched(arguments: list[str]) -> list[str]:
    """What `accelerate launch` would start in one process, by its own code; its environment is set here."""
    import torch
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser
    from accelerate.utils.launch import prepare_simple_launcher_cmd_env

    parsed, _, _ = _validate_launch_command(launch_command_parser().parse_args(arguments))
    command, env = prepare_simple_launcher_cmd_env(parsed)
    os.environ.update(env)
    torch.set_num_threads(int(env.get("OMP_NUM_THREADS", torch.get_num_threads())))  # which torch has read already
    return [str(word) for word in command]
