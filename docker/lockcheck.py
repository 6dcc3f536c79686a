"""Compare what is installed in the running interpreter with the lock, constraints.txt.

    python docker/lockcheck.py [--lock FILE] [NAME ...]

A locked package that is not installed is no difference, unless its NAME is given. A local version label
(torch 2.13.0+cpu, +cu130) names a build of the same version and is ignored. One line on stderr for each difference,
exit code 1; exit code 2 when the lock itself cannot be read.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCK = Path(__file__).resolve().parent.parent / "constraints.txt"


def read_lock(path: Path) -> dict[str, str]:
    """Canonical name -> pinned version, where the marker holds here. ValueError names a line that is no pin."""
    pins: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise ValueError(f"{path}:{number}: {error}") from None
        specifiers = list(requirement.specifier)
        if len(specifiers) != 1 or specifiers[0].operator != "==":
            raise ValueError(f"{path}:{number}: expected NAME==VERSION, found: {text}")
        if requirement.marker is None or requirement.marker.evaluate():
            pins[canonicalize_name(requirement.name)] = specifiers[0].version
    if not pins:
        raise ValueError(f"{path}: no pins that apply to this interpreter")
    return pins


def installed_versions() -> dict[str, str]:
    """Canonical name -> version of what an import would find; the first folder on sys.path wins."""
    found: dict[str, str] = {}
    for distribution in distributions():
        found.setdefault(canonicalize_name(distribution.name), distribution.version)
    return found


def differences(pins: Mapping[str, str], installed: Mapping[str, str], required: Iterable[str] = ()) -> list[str]:
    """One line for each package that is not as locked, in order of name."""
    needed = {canonicalize_name(name) for name in required}
    lines = []
    for name in sorted(needed | set(pins)):
        have, want = installed.get(name), pins.get(name)
        if want is None:
            lines.append(f"{name}: required, but not in the lock")
        elif have is None:
            if name in needed:
                lines.append(f"{name}: locked {want}, not installed")
        elif Version(have).public != Version(want).public:
            lines.append(f"{name}: locked {want}, installed {have}")
    return lines


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare the installed packages with the lock.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a package that must be installed")
    parser.add_argument("--lock", type=Path, default=LOCK, help="default: constraints.txt of this repository")
    arguments = parser.parse_args(argv)
    try:
        pins = read_lock(arguments.lock)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"lockcheck: {error}\n")
        return 2
    installed = installed_versions()
    found = differences(pins, installed, arguments.names)
    for line in found:
        sys.stderr.write(f"{line}\n")
    if not found:
        sys.stdout.write(f"{len(pins.keys() & installed.keys())} installed packages are as locked\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
