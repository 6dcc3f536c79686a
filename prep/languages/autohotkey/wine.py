"""Wine and its servers on a machine without Windows: one Xvfb, one wineserver, one prefix, all gone at the end.

When the thread that started them is killed, the kernel ends the servers (setpriv of util-linux asks it to), and the
wineserver every Windows process; the folders go at the next start.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from prep.errors import UserError
from prep.files import cache_folder
from prep.languages.autohotkey.owned import owned_folder

START_SECONDS = 120.0  # the first `wineboot` takes about 8 s on two cores


def program(*names: str) -> str | None:
    """The first of these that can be run; Debian keeps its Wine outside PATH, in /usr/lib/wine."""
    return next((path for name in names if (path := shutil.which(name))), None)


def wine() -> str | None:
    return program("/usr/lib/wine/wine64", "wine64", "wine")


def wineserver() -> str | None:
    return program("/usr/lib/wine/wineserver64", "wineserver64", "wineserver")


def missing() -> list[str]:
    """What this machine lacks to run Windows programs, each with the line that installs it."""
    needs = {"wine64": (wine(), "wine64"), "wineserver": (wineserver(), "wine64"), "Xvfb": (program("Xvfb"), "xvfb")}
    return [f"{name} is missing: apt-get install {package}" for name, (found, package) in needs.items() if not found]


def start(
    stack: ExitStack, env: Mapping[str, str], scratch: Path
) -> tuple[dict[str, str], list[subprocess.Popen[bytes]]]:
    """Start the servers; they end with `stack`. Returns the environment of every call, and the servers."""
    env = {**env, "HOME": str(scratch), "LC_ALL": "C.UTF-8", "WINEDEBUG": "-all", "WINESERVER": str(wineserver())}
    env["WINEDLLOVERRIDES"] = "mscoree,mshtml,winemenubuilder.exe="
    display, env["DISPLAY"] = _start_display(stack, env)
    env["WINEPREFIX"] = str(_clone_prefix(stack, env))
    return env, [display, _serve(stack, env)]


def _start_display(stack: ExitStack, env: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    """Start Xvfb on a display that it finds free itself."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-nolisten", "tcp", "-noreset", "-screen", "0", "1024x768x24"]
    try:
        process = _daemon(stack, command, env, "TERM", [write])
    finally:
        os.close(write)
    with os.fdopen(read) as file:
        number = file.readline().strip()  # empty when Xvfb ends without a display
    if not number:
        raise UserError("Xvfb does not start: run `Xvfb -displayfd 1` to see why", code=1)
    return process, f":{number}"


def template(env: Mapping[str, str]) -> Path:
    """The prefix that all others are made from, in the cache; created by whoever needs it first."""
    version = subprocess.run([str(wine()), "--version"], env=env, capture_output=True, check=True).stdout
    name = re.sub(r"[^\w.-]+", "-", version.decode().strip())
    found = cache_folder() / f"prefix-{name}"
    if not found.is_dir():
        _create_prefix(found, env)
    return found


def _clone_prefix(stack: ExitStack, env: Mapping[str, str]) -> Path:
    """A prefix of our own beside the cached one; it is 700 MB of DLLs, so files are linked, the registry copied."""
    original = template(env)
    clone = stack.enter_context(owned_folder(original.parent, "clone-", lambda folder: _stop_server(folder, env)))
    shutil.copytree(original, clone, symlinks=True, copy_function=_link_or_copy, dirs_exist_ok=True)
    return clone


def _daemon(
    stack: ExitStack, command: Sequence[str], env: Mapping[str, str], end_by: str, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl+C reaches only us, and end it with `stack`.

    `end_by` is the signal on which it ends in good order, which it gets when we are killed.
    """
    quiet = subprocess.DEVNULL
    if setpriv := program("setpriv"):
        command = [setpriv, "--pdeathsig", end_by, *command]
    process = subprocess.Popen(
        command, env=env, stdin=quiet, stdout=quiet, stderr=quiet, pass_fds=pass_fds, start_new_session=True
    )
    stack.callback(_end, process)
    return process


def _serve(stack: ExitStack, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A wineserver that stays; on leaving, `-k` ends every Windows process of its prefix and writes the registry."""
    process = _daemon(stack, [env["WINESERVER"], "-f", "-p"], env, "INT")  # on others it leaves its processes behind
    stack.callback(_stop_server, Path(env["WINEPREFIX"]), env)
    return process


def _stop_server(prefix: Path, env: Mapping[str, str]) -> None:
    """End the wineserver of a prefix, if it has one, and all that runs in it."""
    _quietly([env["WINESERVER"], "-k"], {**env, "WINEPREFIX": str(prefix)})


def _quietly(command: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run without pipes: Wine's services would inherit them and hold them open after the command has ended."""
    quiet = subprocess.DEVNULL
    return subprocess.run(command, env=env, stdin=quiet, stdout=quiet, stderr=quiet, timeout=START_SECONDS, check=False)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a server to end, so that it removes its lock files; insist after 5 s."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process with its group; nothing happens when it has ended already."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(ProcessLookupError):  # it ended meanwhile and another thread saw it first
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _create_prefix(template: Path, env: Mapping[str, str]) -> None:
    """Build the prefix under another name, then rename; of two processes that build at once the first one wins."""
    with owned_folder(template.parent, "building-", lambda folder: _stop_server(folder, env)) as building:
        env = {**env, "WINEPREFIX": str(building)}
        try:
            with ExitStack() as stack:
                _serve(stack, env)
                _quietly([str(wine()), "wineboot", "-i"], env).check_returncode()
            try:
                building.rename(template)
            except OSError:
                if not template.is_dir():
                    raise
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise UserError(f"Wine cannot create its prefix in {template.parent}: {error}", code=1) from error


def _link_or_copy(source: str, target: str) -> None:
    """Link the DLLs; copy the registry, which wineserver writes in place."""
    copy: Callable[[str, str], object] = shutil.copy2 if source.endswith(".reg") else os.link
    copy(source, target)


def windows_path(path: Path) -> str:
    """How a Windows program names this file; Wine shows the root folder as drive Z."""
    whole = str(path.absolute())
    return whole if os.name == "nt" else "Z:" + whole.replace("/", "\\")


def host_path(name: str) -> str:
    """The other way round: a file as Windows names it, as this machine does."""
    return name if os.name == "nt" or name[:2].upper() != "Z:" else name[2:].replace("\\", "/")
