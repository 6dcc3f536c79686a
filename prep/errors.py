"""The one exception for what a user can mend, and the one place that prints it.

Exit codes of every command: 0 done; 1 the work came out badly (a finding, a failed run, a full disk);
2 what was given is wrong (arguments, recipe, sources, data); 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import typer


INTERRUPTED = 130
_PLACES = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENOENT}
_PLACES |= {errno.ENAMETOOLONG, errno.EBUSY, errno.ELOOP, errno.ENOTEMPTY}
_LACKS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO, getattr(errno, "ESTALE", errno.EIO)}


class UserError(Exception):
    """One line: what is wrong, where (file:line or key), and what to do about it."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def _heed_signals() -> None:
    """SIGTERM and SIGHUP end a command as Ctrl+C does: nothing stays. SIGINT is ignored where a shell script started it
    in the background, which would make it deaf to its own launcher; SIGHUP where nohup did, which is meant."""
    hang_up = getattr(signal, "SIGHUP", signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, hang_up):
        if number != hang_up or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def run_cli(app: typer.Typer, program: str) -> NoReturn:
    """Run a Typer app; turn everything a user can cause into one line on stderr and an exit code."""
    from click import exceptions as click

    _heed_signals()
    try:
        code = app(prog_name=program, standalone_mode=False) or 0
        if code == INTERRUPTED:  # how Typer hands on Ctrl+C
            raise KeyboardInterrupt
        sys.exit(code)
    except click.ClickException as error:  # wrong arguments: usage and the nearest name, exit 2
        error.show()
        sys.exit(error.exit_code)
    except UserError as error:
        _fail(program, str(error), error.code)
    except (KeyboardInterrupt, click.Abort):
        _fail(program, "interrupted; nothing half-written was left under a final name", INTERRUPTED)
    except ModuleNotFoundError as error:  # also a package without its metadata
        extras = "pip install -c constraints.txt -e '.[train,ahk]'"
        _fail(program, f"{error.name} is not installed: make setup, or {extras}", 2)
    except (OSError, MemoryError) as error:
        _machine(program, error)
        raise
    except Exception as error:
        if type(error).__module__ != "sqlite3":  # imported only by those who use it
            raise
        _fail(program, f"a cache in ~/.cache/niche-tuner cannot be used ({error}): delete that folder", 1)


def _machine(program: str, error: OSError | MemoryError) -> None:
    """End with one line where the machine, its disk or a place on it is at fault."""
    if isinstance(error, MemoryError):
        _fail(program, "out of memory: close other programs, or give it less at once", 1)
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        _fail(program, f"no space left on the disk{where}: free some space and run the command again", 1)
    if error.errno in _PLACES:
        _fail(program, f"{error.strerror}{where}: choose a place that may be written", 2)
    if error.errno in _LACKS:
        _fail(program, f"{error.strerror}{where}: the machine cannot do it now", 1)
    if type(error).__module__ == "shutil" and error.args:  # of a folder: a list of (from, to, why)
        told = error.args[0]
        _fail(program, f"a folder could not be copied: {told[0][2] if isinstance(told, list) else told}", 1)


def _fail(program: str, message: str, code: int) -> NoReturn:
    sys.stderr.write(f"{program}: {message}\n")
    if code == INTERRUPTED:  # at once: an import that was interrupted would raise again while Python shuts down
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
