"""llama.cpp's package and converter: pinned, built once, and where they cannot be had the setup goes on."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from prep.errors import UserError
from tests.conftest import ROOT

SCRIPT = ROOT / "docker" / "llama.py"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """docker/llama.py with a cache of its own, and pip commands that are only counted."""
    spec = importlib.util.spec_from_file_location("docker_llama", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "LOG", tmp_path / "llama.log")
    monkeypatch.setattr(module, "FAILED", tmp_path / "llama.failed")
    monkeypatch.setattr(sys, "argv", [str(SCRIPT)])
    return module


def test_what_is_installed_is_not_installed_again(script: ModuleType) -> None:
    if not script.installed(script.pinned()):
        pytest.skip("llama.cpp is not installed here")
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_compiler_nothing_is_fetched(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UserError, match=r"no C\+\+ compiler: apt install g\+\+"):
        script.kept("1.0")
    assert not script.LOG.exists()


def test_a_failed_build_is_one_line_and_not_tried_at_every_make(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = []

    def build(wanted: str, cuda: str) -> Path:
        tried.append(wanted)
        script.LOG.touch()
        raise UserError("pip wheel failed")

    monkeypatch.setattr(script, "installed", lambda wanted: False)
    monkeypatch.setattr(script, "kept", build)
    script.main()
    assert capsys.readouterr().out.startswith("setup: no GGUF files are made or run: pip wheel failed; then ")
    script.main()
    assert len(tried) == 1
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--again"])
    script.main()
    assert len(tried) == 2


def test_another_source_than_the_one_tried_here_is_refused(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "source.tar.gz").write_bytes(b"another")
    monkeypatch.setattr(script, "run", lambda *arguments: None)
    with pytest.raises(UserError, match="its SHA-256 differs"):
        script.download("1.0", tmp_path)


def test_a_wheel_in_the_cache_is_taken(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "run", lambda *arguments: pytest.fail(f"pip was called: {arguments}"))
    folder = script.cache_folder() / "wheels" / f"{script.PACKAGE}-1.0-{script.sysconfig.get_platform()}"
    folder.mkdir(parents=True)
    (folder / "VERSION").write_text("1.0")
    assert script.kept("1.0") == folder


def test_for_gpus_it_takes_nvcc_and_a_wheel_of_its_own(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="nvcc is not on the path"):
        script.kept("1.0", cuda="80;90")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert "cmake.define.CMAKE_CUDA_ARCHITECTURES=80;90" in script.cuda_options("80;90")
    folder = script.cache_folder() / "wheels" / f"{script.PACKAGE}-1.0-{script.sysconfig.get_platform()}-cuda-80-90"
    folder.mkdir(parents=True)
    (folder / "VERSION").write_text("1.0")
    assert script.kept("1.0", cuda="80;90") == folder


def test_an_image_without_it_is_not_built(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "installed", lambda wanted: False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--strict"])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 1
    assert "no C++ compiler" in capsys.readouterr().out
