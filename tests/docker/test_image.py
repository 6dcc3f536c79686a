"""The CUDA image, as far as a machine without Docker can tell: its files agree with the lock and with each other."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
COMPOSE = ROOT / "docker" / "compose.yaml"
LOCK = ROOT / "constraints.txt"
BESIDE = Path(sys.executable).parent


def run(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in argv], capture_output=True, text=True, cwd=ROOT, check=False)


def lockcheck(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, ROOT / "docker" / "lockcheck.py", *arguments)


def pins() -> dict[str, str]:
    """The lines that are pinned once; a package with a version per Python is left out."""
    found = re.findall(r"^([a-z0-9.-]+)==(\S+)", LOCK.read_text(), re.MULTILINE)
    names = [name for name, _ in found]
    return {name: pin for name, pin in found if names.count(name) == 1}


def instructions() -> list[str]:
    """The Dockerfile's instructions, each on one line, comments out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    return [line for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines() if line.strip()]


def service() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]["kit"]
    return loaded


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = BESIDE / "hadolint"
    if not hadolint.exists():
        pytest.skip("no hadolint beside this Python: pip install -e '.[dev]'")
    done = run(hadolint, DOCKERFILE)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_lock_names_no_place_and_no_extra() -> None:
    lines = LOCK.read_text().splitlines()
    assert len(lines) > 100
    for line in lines:
        assert re.fullmatch(r"[a-z0-9.-]+==[^\s/@+\[\]]+( ; [^/@]+)?", line), f"plain pip refuses, or a place: {line}"


def test_the_lock_keeps_to_pyproject() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    exact = re.findall(r'"([\w-]+)(?:\[[^\]]*\])?==([^";\s]+)"', project)
    assert ("torch", pins()["torch"]) in exact
    for name, pinned in exact:
        assert pins()[name] == pinned, f"{name}: pyproject.toml and constraints.txt differ; run make lock"
    described = dict(re.findall(r'^name = "([\w-]+)"\nversion = "([^"]+)"\nrequires-dist', project, re.MULTILINE))
    assert set(described) == {"flash-attn", "deepspeed", "llama-cpp-python"}
    for name, pinned in described.items():
        assert pins()[name] == pinned, f"{name}: its [[tool.uv.dependency-metadata]] is for {pinned}"


def test_what_is_installed_here_is_as_locked() -> None:
    done = lockcheck()
    assert (done.returncode, done.stderr) == (0, ""), "pip install -c constraints.txt -e '.[train,ahk,dev]'"


def test_lockcheck_names_a_version_that_moved(tmp_path: Path) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text(f"pytest==1.0\npyyaml=={version('pyyaml')}\nno-such-package==1.0\n")
    done = lockcheck("--lock", lock)
    assert done.returncode == 1
    assert done.stderr == f"pytest: locked 1.0, installed {version('pytest')}\n"


def test_lockcheck_wants_what_it_is_told_to_want(tmp_path: Path) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text(f"PyYAML=={version('pyyaml')}\nno-such-package==1.0\n")
    done = lockcheck("--lock", lock, "pyyaml", "No_Such.Package", "pytest")
    assert done.returncode == 1
    assert done.stderr == "no-such-package: locked 1.0, not installed\npytest: required, but not in the lock\n"


@pytest.mark.parametrize(
    ("pin", "code"),
    [("{}", 0), ("{}+cpu", 0), ("{}.post1", 1), ("{}\npyyaml==1.0 ; python_version < '3'", 0)],
    ids=["same", "local label", "post release", "marker of another Python"],
)
def test_lockcheck_compares_public_versions_that_apply_here(tmp_path: Path, pin: str, code: int) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text(f"pyyaml=={pin.format(version('pyyaml'))}\n")
    assert lockcheck("--lock", lock, "pyyaml").returncode == code


@pytest.mark.parametrize("line", ["torch>=2", "torch[x", "", "# nothing"])
def test_lockcheck_refuses_a_lock_that_pins_nothing(tmp_path: Path, line: str) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text(line)
    done = lockcheck("--lock", lock)
    assert done.returncode == 2
    assert done.stderr.startswith(f"lockcheck: {lock}:")


def test_the_base_tag_is_the_locks_axolotl_and_torch() -> None:
    [base] = [line for line in instructions() if line.startswith("ARG BASE=")]
    tag = re.fullmatch(r"ARG BASE=axolotlai/axolotl:([\d.]+)-py3\.\d+-cu\d+-([\d.]+)", base)
    assert tag
    assert tag.groups() == (pins()["axolotl"], pins()["torch"])
    stages = [line for line in instructions() if line.startswith("FROM")]
    assert stages == ["FROM ${BASE} AS pins", "FROM ${BASE} AS kit"]


def test_the_dockerfile_writes_no_version_of_its_own() -> None:
    assert not [line for line in instructions() if re.search(r"[\w\]](==|~=|>=|@)\d", line)]
    copied = [line for line in instructions() if line.startswith("RUN grep -E")]
    named = re.findall(r"[a-z-]+(?=[|)])", copied[0].split("^(")[1])
    assert "flash-attn" in named and "torch" in named
    assert set(named) <= set(pins())


def test_the_build_ends_with_the_lock_checked_and_runs_as_a_user() -> None:
    steps = instructions()
    last_run = [line for line in steps if line.startswith("RUN")][-1]
    assert "python docker/lockcheck.py" in last_run and "python docker/lockcheck.py flash-attn" in last_run
    assert [line for line in steps if line.startswith("USER")][-1] == "USER $KIT_UID:$KIT_GID"
    for setting in ("AXOLOTL_DO_NOT_TRACK=1", "TOKENIZERS_PARALLELISM=false", "KIT_CONTAINER=1"):
        assert any(line.startswith("ENV") and setting in line for line in steps)


def test_every_copied_path_exists_and_reaches_the_build() -> None:
    ignore = (ROOT / "docker" / "Dockerfile.dockerignore").read_text()
    allowed = [line[1:] for line in ignore.splitlines() if line.startswith("!")]
    copied = [
        path
        for line in instructions()
        if line.startswith("COPY") and "--from=" not in line
        for path in [word for word in line.split()[1:] if not word.startswith("--")][:-1]
    ]
    assert "constraints.txt" in copied and "." in copied
    missing = [path for path in {*copied, *allowed} if not (ROOT / path).exists()]
    assert not missing
    assert [path for path in copied if path != "." and not {path, path.split("/")[0]} & set(allowed)] == []


def test_llama_cpp_is_built_by_the_same_script_with_the_files_that_the_image_has_by_then(tmp_path: Path) -> None:
    steps = instructions()
    [build] = [number for number, line in enumerate(steps) if "docker/llama.py --strict" in line]
    for line in steps[:build]:
        words = [word for word in line.split()[1:] if not word.startswith("--")]
        if line.startswith("COPY") and "--from=" not in line:
            place = tmp_path / words[-1]
            for path in words[:-1]:
                target = place / Path(path).name if words[-1].endswith("/") else place
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / path, target)
    argv = [sys.executable, "-S", "docker/llama.py", "--help"]  # -S: the packages of this Python are not there yet
    done = subprocess.run(
        argv, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert {"--strict", "--cuda"} <= set(re.findall(r"--\w+", done.stdout))


def test_no_token_is_written_down() -> None:
    assert "HF_TOKEN" in service()["environment"]
    for name in ("docker/Dockerfile", "docker/compose.yaml"):
        assert not re.search(r"HF_TOKEN\s*[=:]\s*\S|hf_[A-Za-z0-9]{8}", (ROOT / name).read_text())


def test_compose_reserves_every_gpu_and_opens_nothing() -> None:
    kit = service()
    [gpu] = kit["deploy"]["resources"]["reservations"]["devices"]
    assert gpu == {"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}
    assert not {"privileged", "ports", "network_mode", "ipc", "pid", "cap_add"} & set(kit)
    assert kit["cap_drop"] == ["ALL"] and "no-new-privileges:true" in kit["security_opt"]
    assert kit["user"] == "${KIT_UID:-1000}:${KIT_GID:-1000}"


def test_compose_keeps_caches_data_and_outputs_outside_the_container() -> None:
    mounts = {m["target"]: m for m in service()["volumes"] if isinstance(m, dict)}
    assert {target: mount["source"] for target, mount in mounts.items()} == {
        "/kit/configs": "../configs",
        "/kit/data": "../data",
        "/kit/outputs": "../outputs",
    }
    assert "cache:/cache" in service()["volumes"] and "cache" in yaml.safe_load(COMPOSE.read_text())["volumes"]
    assert service()["shm_size"] == "16gb"
    caches = [line for line in instructions() if line.startswith("ENV HOME=")]
    assert set(re.findall(r"=(/cache/\w+)", caches[0])) >= {"/cache/huggingface", "/cache/uv", "/cache/pip"}


def test_compose_sets_only_build_arguments_that_the_dockerfile_takes() -> None:
    build = service()["build"]
    assert (COMPOSE.parent / build["context"] / build["dockerfile"]).resolve() == DOCKERFILE
    taken = {line.split()[1].split("=")[0] for line in instructions() if line.startswith("ARG")}
    assert build["args"] and set(build["args"]) <= taken


def test_compose_follows_the_compose_specification() -> None:
    check = BESIDE / "check-jsonschema"
    if not check.exists():
        pytest.skip("no check-jsonschema beside this Python: pip install check-jsonschema")
    done = run(check, "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert done.returncode == 0, done.stdout


def test_docker_itself_reads_compose() -> None:
    if shutil.which("docker") is None or run("docker", "compose", "version").returncode != 0:
        pytest.skip("no docker compose here")
    done = run("docker", "compose", "-f", COMPOSE, "config", "--quiet")
    assert done.returncode == 0, done.stderr


def test_what_a_server_in_it_prints_is_right_outside_of_it_too() -> None:
    """The port in its lines is the one that is published."""
    done = run("make", "-n", "docker-serve", "MODEL=tiny", "PORT=9123")
    assert "--publish 127.0.0.1:9123:9123 " in done.stdout and "--port 9123 " in done.stdout, done.stdout + done.stderr
