"""configs/accelerate and configs/deepspeed, read by the code that reads them in a run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHAPES = ROOT / "configs" / "accelerate"
STAGES = ROOT / "configs" / "deepspeed"

# name -> distributed type, machines, processes, CPU
EXPECTED = {
    "cpu": ("NO", 1, 1, True),
    "single-gpu": ("NO", 1, 1, False),
    "multi-gpu": ("MULTI_GPU", 1, 2, False),
    "multi-node": ("MULTI_GPU", 2, 16, False),
}


def launch_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What `accelerate launch --config_file configs/accelerate/NAME.yaml` would give its processes; starts none."""
    accelerate = pytest.importorskip("accelerate.commands.launch", reason="pip install -e '.[train]'")
    from accelerate.utils import launch

    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shape = str(SHAPES / f"{name}.yaml")
    arguments = accelerate.launch_command_parser().parse_args(
        ["--config_file", shape, "-m", "axolotl.cli.train", "recipe.yaml"]
    )
    arguments, _, _ = accelerate._validate_launch_command(arguments)
    environment: dict[str, str]
    if arguments.multi_gpu:
        environment = launch.prepare_multi_gpu_env(arguments)
        environment |= {"NPROC_PER_NODE": arguments.nproc_per_node, "NNODES": getattr(arguments, "nnodes", "1")}
    else:
        _, environment = launch.prepare_simple_launcher_cmd_env(arguments)
    return environment


def test_every_shape_is_expected_here() -> None:
    assert {path.stem for path in SHAPES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_accelerate_reads_the_shape(name: str) -> None:
    config_args = pytest.importorskip("accelerate.commands.config.config_args", reason="pip install -e '.[train]'")
    shape = config_args.load_config_from_file(str(SHAPES / f"{name}.yaml"))
    assert (shape.distributed_type.value, shape.num_machines, shape.num_processes, shape.use_cpu) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_shape_leaves_to_the_recipe_what_is_the_recipes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = launch_environment(name, monkeypatch)
    assert environment["ACCELERATE_MIXED_PRECISION"] == "no"
    claimed = ("PARALLELISM_CONFIG", "ACCELERATE_USE_PARALLELISM", "ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")
    assert not [key for key in environment if key.startswith(claimed)]


def test_the_cpu_shape_keeps_off_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    assert launch_environment("cpu", monkeypatch)["ACCELERATE_USE_CPU"] == "True"
    assert launch_environment("single-gpu", monkeypatch)["ACCELERATE_USE_CPU"] == "False"


def test_each_node_gets_its_share_of_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    node = launch_environment("multi-node", monkeypatch)
    assert (node["NNODES"], node["NPROC_PER_NODE"]) == ("2", "8")


@pytest.mark.parametrize("name", EXPECTED)
def test_the_header_gives_the_command_for_this_very_file(name: str) -> None:
    header = (SHAPES / f"{name}.yaml").read_text().split("\ncompute_environment")[0]
    command = rf"accelerate launch --config_file configs/accelerate/{name}\.yaml (--\w+ \d+ )?"
    assert re.search(command + r"-m axolotl\.cli\.train outputs/MODEL/recipe\.yaml", header)


@pytest.fixture(scope="module")
def axolotl(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Axolotl's own validation, for a machine with two Ampere cards; imported once, which takes a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AXOLOTL_DO_NOT_TRACK", "1")
        patch.setenv("HF_HUB_OFFLINE", "1")
        config = pytest.importorskip("axolotl.utils.config", reason="pip install -e '.[train]'")
        from axolotl.utils.dict import DictDefault

        outputs = tmp_path_factory.mktemp("outputs")

        def validate(**changes: Any) -> Any:
            recipe = {
                "base_model": "some/model",
                "datasets": [{"path": "data.jsonl", "type": "alpaca"}],
                "output_dir": str(outputs),
                "sequence_len": 512,
                "micro_batch_size": 1,
                "gradient_accumulation_steps": 1,
                "num_epochs": 1,
                "optimizer": "adamw_torch_fused",
                "learning_rate": 0.0002,
                "bf16": True,
                "gradient_checkpointing": True,
                "gradient_checkpointing_kwargs": {"use_reentrant": False},
                "lora_r": 8,
                "lora_alpha": 16,
                "lora_target_linear": True,
            }
            card = {"bf16": True, "fp8": False, "tf32": True, "n_gpu": 2, "compute_capability": "sm_80"}
            return config.validate_config(
                DictDefault({**recipe, **changes}), capabilities=card, env_capabilities={"torch_version": "2.13.0"}
            )

        yield validate


@pytest.mark.parametrize("stage", [2, 3])
@pytest.mark.parametrize("adapter", [{"adapter": "lora"}, {"adapter": "qlora", "load_in_4bit": True}])
def test_axolotl_takes_the_stage(axolotl: Any, adapter: dict[str, Any], stage: int) -> None:
    path = STAGES / f"zero{stage}.json"
    checked = axolotl(deepspeed=str(path), **adapter)
    assert Path(checked.deepspeed) == path  # also a name with "zero3" in it, by which Axolotl knows the stage
    assert json.loads(path.read_text())["zero_optimization"]["stage"] == stage


@pytest.mark.parametrize("path", sorted(STAGES.iterdir()), ids=lambda path: path.name)
def test_the_recipe_fills_every_auto_of_the_stage(path: Path) -> None:
    deepspeed = pytest.importorskip("transformers.integrations.deepspeed", reason="pip install -e '.[train]'")
    from accelerate.utils.deepspeed import HfDeepSpeedConfig
    from transformers import TrainingArguments

    class Stage(deepspeed.HfTrainerDeepSpeedConfig, HfDeepSpeedConfig):  # type: ignore[name-defined]
        """transformers' class without its check that the deepspeed package is installed."""

        def __init__(self) -> None:
            HfDeepSpeedConfig.__init__(self, str(path))
            self.mismatches: list[str] = []
            self._dtype = None

    stage = Stage()
    assert '"auto"' in json.dumps(stage.config)

    arguments = TrainingArguments(output_dir="unused", per_device_train_batch_size=3, max_grad_norm=0.5, use_cpu=True)
    stage.trainer_config_process(arguments)
    model = type("Model", (), {"config": type("Config", (), {"hidden_size": 64})()})()
    stage.trainer_config_finalize(arguments, model, 100)

    assert stage.config["train_micro_batch_size_per_gpu"] == 3
    assert stage.config["gradient_clipping"] == 0.5
    assert stage.config["zero_optimization"]["reduce_bucket_size"] == 64 * 64
    assert '"auto"' not in json.dumps(stage.config)
