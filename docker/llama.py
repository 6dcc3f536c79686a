"""llama.cpp for this Python: its package, built once for this machine, and the converter of the same source.

    python docker/llama.py [--again] [--cuda "80;90"] [--strict]

PyPI has the package as source only, and a build takes minutes: the wheel is kept in ~/.cache/niche-tuner/wheels, under
its version and platform. The converter goes to share/llama.cpp of the running Python, where `ft export` finds it.
Nothing else of the kit needs either: where they cannot be had, one line says so and the exit code is 0 (--strict: 1).
"""

import argparse
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from prep.errors import UserError
from prep.files import cache_folder, sha256_file, whole_folder

PACKAGE = "llama-cpp-python"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"  # of its source, at the version of the lock
LOCK = Path(__file__).resolve().parent.parent / "constraints.txt"
SHARE = Path(sys.prefix) / "share" / "llama.cpp"
LOG, FAILED = Path(sys.prefix) / "llama.log", Path(sys.prefix) / "llama.failed"
COMPILERS = ("c++", "g++", "clang++")
CONVERTER = {"convert_hf_to_gguf.py", "LICENSE", "conversion", "gguf-py"}
# Not for this very processor: the cache may be in a home that several machines share. And no reader of images.
OPTIONS = ("cmake.define.GGML_NATIVE=OFF", "cmake.define.LLAVA_BUILD=OFF")
# Half of the build is the library of llama.cpp's own tools, which are not packaged; CMakeLists.txt forces it on.
TOOLS = "set(LLAMA_BUILD_COMMON {} CACHE"


def pinned() -> str:
    found = re.search(rf"^{PACKAGE}==(\S+)$", LOCK.read_text(encoding="utf-8"), flags=re.M)
    if not found:
        raise UserError(f"{LOCK}: no line {PACKAGE}==VERSION")
    return found[1]


def installed(wanted: str) -> bool:
    """Both parts are there, at this version."""
    try:
        return version(PACKAGE) == wanted and (SHARE / "VERSION").read_text(encoding="utf-8") == wanted
    except (PackageNotFoundError, FileNotFoundError):
        return False


def kept(wanted: str, cuda: str = "") -> Path:
    """The folder with the wheel and the converter, from the cache or built now; `cuda`: for these GPUs too."""
    options = (*OPTIONS, *cuda_options(cuda))
    form = "-".join([PACKAGE, wanted, sysconfig.get_platform(), *(["cuda", *cuda.split(";")] if cuda else [])])
    folder = cache_folder() / "wheels" / form
    if (folder / "VERSION").is_file():
        return folder
    if not any(map(shutil.which, COMPILERS)):
        raise UserError("no C++ compiler: apt install g++")
    say(f"building llama.cpp {wanted}, once, some minutes (log: {LOG})")
    with whole_folder(folder) as temporary:
        source = unpacked(download(wanted, temporary))
        run("wheel", "--no-deps", "-w", temporary, source, *(part for o in options for part in ("-C", o)))
        shutil.copytree(source / "vendor" / "llama.cpp", temporary / "converter", ignore=not_the_converter)
        shutil.rmtree(source)
        (temporary / "VERSION").write_text(wanted, encoding="utf-8")
    return folder


def cuda_options(cuda: str) -> tuple[str, ...]:
    """What makes the build one for GPUs of these architectures, such as 80;90. Raises UserError without nvcc."""
    if not cuda:
        return ()
    if not shutil.which("nvcc"):
        raise UserError("no CUDA compiler: nvcc is not on the path")
    return ("cmake.define.GGML_CUDA=ON", f"cmake.define.CMAKE_CUDA_ARCHITECTURES={cuda}")


def download(wanted: str, folder: Path) -> Path:
    """Its source, as the lock and the hash above have it."""
    run("download", "--no-deps", "--no-binary", PACKAGE, "-d", folder, f"{PACKAGE}=={wanted}")
    [source] = folder.glob("*.tar.gz")
    if sha256_file(source) != SHA256:
        raise UserError(f"{source.name} is not the source that was tried here (its SHA-256 differs)")
    return source


def unpacked(archive: Path) -> Path:
    """The folder of the source, beside its archive, which goes."""
    shutil.unpack_archive(archive, archive.parent)
    archive.unlink()
    [source] = archive.parent.iterdir()
    cmake = source / "CMakeLists.txt"
    text = cmake.read_text(encoding="utf-8")
    cmake.write_text(text.replace(TOOLS.format("ON"), TOOLS.format("OFF")), encoding="utf-8")
    return source


def not_the_converter(folder: str, names: list[str]) -> set[str]:
    """For copytree: what is not the converter, the modules that it needs, or their licence."""
    wanted = {"llama.cpp": CONVERTER, "gguf-py": {"gguf"}}.get(Path(folder).name)
    return set(names) - wanted if wanted else set()


def install(folder: Path, wanted: str) -> None:
    [wheel] = folder.glob("*.whl")
    run("install", "-c", LOCK, f"{wheel}[server]")
    with whole_folder(SHARE) as temporary:
        shutil.copytree(folder / "converter", temporary, dirs_exist_ok=True)
        (temporary / "VERSION").write_text(wanted, encoding="utf-8")


def run(*arguments: str | Path) -> None:
    """One pip command, its talk in the log."""
    with LOG.open("ab") as log:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)],
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        raise UserError(f"pip {arguments[0]} failed, see {LOG}")


def say(text: str) -> None:
    sys.stdout.write(f"setup: {text}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--again", action="store_true", help="also after a build that failed")
    parser.add_argument("--cuda", default="", metavar="ARCHS", help="for GPUs too, by nvcc: 80;86;89;90")
    parser.add_argument("--strict", action="store_true", help="exit 1 where it cannot be had")
    given = parser.parse_args()
    again, wanted = given.again, pinned()
    if installed(wanted) or (FAILED.is_file() and not again):  # a failure takes minutes: not at every make
        return
    FAILED.unlink(missing_ok=True)
    LOG.unlink(missing_ok=True)
    try:
        install(kept(wanted, given.cuda), wanted)
    except UserError as error:
        if LOG.is_file():
            FAILED.touch()
        if LOG.is_file() or again or given.strict:  # without a compiler, system-packages.sh has said it
            say(f"no GGUF files are made or run: {error}; then python docker/llama.py --again")
        if given.strict:
            sys.exit(1)


if __name__ == "__main__":
    main()
