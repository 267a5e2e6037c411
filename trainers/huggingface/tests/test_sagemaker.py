import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from .support import job, pair, small_storage


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """The folders of a job on the model `tiny`, as SageMaker makes them."""
    storage = small_storage(tmp_path / "storage")
    root = tmp_path / "opt-ml"
    for name in ("input/config", "input/data/training", "model", "output", "checkpoints"):
        (root / name).mkdir(parents=True)
    (tmp_path / "storage/models/tiny").rename(root / "input/data/model")
    storage.file("data.jsonl").rename(root / "input/data/training/data.jsonl")
    told = job("unused", epochs=3)
    flat = {**{k: v for k, v in told.items() if k not in ("id", "trainingFile", "tuning")}, **told["tuning"]}
    (root / "input/config/hyperparameters.json").write_text(json.dumps({k: json.dumps(v) for k, v in flat.items()}))
    instance(root, "ml.m5.xlarge")
    return root


def instance(root: Path, kind: str) -> None:
    (root / "input/config/resourceconfig.json").write_text(json.dumps({"current_instance_type": kind}))


def ended(root: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "TRAINING_JOB_NAME": "tunewright-x-1", "TUNEWRIGHT_OPT_ML": str(root)}
    command = [sys.executable, "-m", "tunewright_trainer.sagemaker"]
    return subprocess.run(command, env=env, check=False, stdout=subprocess.PIPE, text=True)


def run(root: Path) -> int:
    return ended(root).returncode


def messages(root: Path) -> list[str]:
    lines = (root / "checkpoints/events.jsonl").read_text().splitlines()
    return [json.loads(line)["message"] for line in lines]


def losses(root: Path) -> list[float]:
    lines = (root / "checkpoints/events.jsonl").read_text().splitlines()
    return [said["metrics"]["trainLoss"] for said in map(json.loads, lines) if "trainLoss" in said.get("metrics", {})]


def begun(root: Path) -> list[str]:
    return [message for message in messages(root) if message.startswith("Training begins")]


def test_a_model_from_an_archive_is_tuned_and_lies_where_sagemaker_takes_it_from(container: Path) -> None:
    channel = container / "input/data/model"
    with tarfile.open(container / "model.tar.gz", "w:gz") as archive:
        for path in channel.iterdir():
            archive.add(path, path.name)
            path.unlink()
    (container / "model.tar.gz").rename(channel / "model.tar.gz")
    assert run(container) == 0
    assert (container / "model/model.safetensors").is_file()
    assert json.loads((container / "checkpoints/result.json").read_text())["trainedTokens"] > 0
    assert messages(container)[-1] == "The model is saved."


def test_each_loss_is_in_the_log_where_cloudwatch_finds_it(container: Path) -> None:
    told = re.findall(r"^step=\d+ totalSteps=\d+ .*\btrainLoss=([0-9.eE+-]+)", ended(container).stdout, re.MULTILINE)
    assert [float(loss) for loss in told] == losses(container) != []


def test_a_job_by_pairs_is_trained_by_pairs(container: Path) -> None:
    question = pair("please refund order 1", "billing")
    (container / "input/data/training/data.jsonl").write_text(f"{json.dumps(question)}\n" * 8)
    hyperparameters = container / "input/config/hyperparameters.json"
    told = json.loads(hyperparameters.read_text())
    hyperparameters.write_text(json.dumps({**told, "objective": '"dpo"', "beta": "0.5"}))
    assert run(container) == 0
    first, *_, last = losses(container)
    assert first == pytest.approx(0.693, abs=0.02)
    assert last < first


def test_a_reward_that_was_cut_into_pieces_is_learned_from_by_two_processes(container: Path) -> None:
    config = container / "input/config/hyperparameters.json"
    grader = {"type": "string_check", "operation": "ne", "input": "{{sample.output_text}}", "reference": "{{item.intent}}"}
    reinforcement = json.dumps({"grader": grader, "answers": 2, "answerTokens": 4})
    pieces = {f"reinforcement.{at}": reinforcement[at * 10 : at * 10 + 10] for at in range(len(reinforcement) // 10 + 1)}
    assert len(pieces) > 10
    told = {**json.loads(config.read_text()), "objective": '"reinforcement"', "processes": "2", "epochs": "1"}
    config.write_text(json.dumps({**told, **dict(sorted(pieces.items()))}))
    question = {"messages": [{"role": "user", "content": "where is my parcel"}], "intent": "shipping"}
    (container / "input/data/training/data.jsonl").write_text(f"{json.dumps(question)}\n" * 16)
    # A tuned model comes as an archive, which one of both unpacks.
    with tarfile.open(container / "model.tar.gz", "w:gz") as archive:
        for path in (container / "input/data/model").iterdir():
            archive.add(path, path.name)
            path.unlink()
    (container / "model.tar.gz").rename(container / "input/data/model/model.tar.gz")
    assert run(container) == 0
    assert messages(container).count("The container trains.") == 1
    lines = map(json.loads, (container / "checkpoints/events.jsonl").read_text().splitlines())
    assert [said["metrics"]["trainReward"] for said in lines if "metrics" in said] == [1, 1]
    assert (container / "model/model.safetensors").is_file()


def test_a_checkpoint_that_is_not_whole_is_passed_over(container: Path) -> None:
    assert run(container) == 0
    checkpoints = container / "checkpoints/checkpoints"
    last, before = sorted((int(path.name.split("-")[1]) for path in checkpoints.glob("checkpoint-*")), reverse=True)[:2]
    (checkpoints / f"checkpoint-{last}/model.safetensors").write_bytes(b"half")
    assert run(container) == 0
    assert begun(container)[-1].startswith(f"Training begins at step {before} of")


def test_a_gpu_that_is_not_seen_is_no_reason_to_train_for_days(container: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    instance(container, "ml.g6.2xlarge")
    assert run(container) == 1
    assert (container / "output/failure").read_text().startswith("no_gpu: PyTorch sees no GPU on ml.g6.2xlarge")
