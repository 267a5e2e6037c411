"""What a job is told, and where its files lie. The service writes the same layout: src/platforms/huggingface/storage/index.ts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .whole import seal


class Refused(Exception):
    """The job cannot succeed as it is: trying again does not help."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Tuning:
    """How a connection trains; `None` and `auto` are settled by the trainer."""

    method: Literal["full", "lora"]
    """LoRA's matrices are merged into the model before it is saved: what is served is a whole model."""
    lora_rank: int
    learning_rate: float | None
    """Before the run's multiplier; the objective's usual one when absent."""
    max_tokens: int
    """Longer examples are cut."""
    gradient_accumulation: int
    checkpoints: int
    """About so many are saved on the way; the last ones are kept."""
    keep_checkpoints: int
    processes: int | None
    """Of one training on one host: one for each GPU when absent."""


@dataclass(frozen=True)
class Reinforcement:
    """How answers of the model's own are tried and rewarded."""

    grader: dict[str, Any]
    """As the service writes it: src/contract/graders.ts."""
    answers: int
    """To each question, of which each is compared with the others."""
    answer_tokens: int
    """Longer answers are cut."""


@dataclass(frozen=True)
class Job:
    id: str
    model: str
    """A folder below `models` of the storage, or else a name on the hub."""
    training_file: str
    validation_file: str | None
    epochs: int
    batch_size: int
    learning_rate_multiplier: float
    seed: int
    objective: Literal["supervised", "dpo", "reinforcement"]
    beta: float
    """Of `dpo`: how dear it is to move away from the model as it was."""
    reinforcement: Reinforcement | None
    """Of that objective alone."""
    tuning: Tuning

    @staticmethod
    def from_json(value: dict[str, Any]) -> Job:
        tuning, reinforcement = value["tuning"], value.get("reinforcement")
        return Job(
            id=value["id"],
            model=value["model"],
            training_file=value["trainingFile"],
            validation_file=value.get("validationFile"),
            epochs=value["epochs"],
            batch_size=value["batchSize"],
            learning_rate_multiplier=value["learningRateMultiplier"],
            seed=value["seed"],
            objective=value.get("objective", "supervised"),
            beta=value.get("beta", 0.1),
            reinforcement=reinforcement
            and Reinforcement(
                grader=reinforcement["grader"], answers=reinforcement["answers"], answer_tokens=reinforcement["answerTokens"]
            ),
            tuning=Tuning(
                method=tuning["method"],
                lora_rank=tuning["loraRank"],
                learning_rate=tuning.get("learningRate"),
                max_tokens=tuning["maxTokens"],
                gradient_accumulation=tuning["gradientAccumulation"],
                checkpoints=tuning["checkpoints"],
                keep_checkpoints=tuning["keepCheckpoints"],
                processes=tuning.get("processes"),
            ),
        )


class Storage:
    """The storage's layout, in a folder: the one that the service and all trainers reach, or a host's own (place.py)."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def file(self, name: str) -> Path:
        return self.root / "files" / name

    def job(self, job_id: str) -> Path:
        return self.root / "jobs" / job_id

    def model(self, name: str) -> str:
        """Where a model is loaded from: `BASE:JOB` is tuned, `BASE:JOB:STEP` a checkpoint, all else a base model."""
        folder = self.folder(name)
        if is_tuned(name):
            if self.is_adapter(name):
                folder = self._merged(name)
            if not folder.is_dir():
                raise Refused("model_not_found", f"There is no model {name}.")
            return str(folder)
        return str(folder) if folder.is_dir() else name

    def folder(self, name: str) -> Path:
        """Where the model lies, if it is here at all."""
        if ".." in name.split("/"):
            raise Refused("model_not_found", f"{name} is no model's name.")
        return self._folder(name) if is_tuned(name) else self.root / "models" / name

    def is_adapter(self, name: str) -> bool:
        """A checkpoint of LoRA: it is merged (merge.py) before it is loaded."""
        return is_tuned(name) and len(_parts(name)) == 3 and (self._folder(name) / "adapter_config.json").is_file()

    def adapter(self, name: str) -> tuple[Path, str, Path]:
        """Where the adapter of such a checkpoint lies, the model that it belongs to, and where the whole one is kept."""
        return self._folder(name), _parts(name)[0], self._merged(name)

    def _folder(self, name: str) -> Path:
        _, job_id, *step = _parts(name)
        return self.job(job_id) / (f"checkpoints/checkpoint-{step[0]}" if step else "model")

    def _merged(self, name: str) -> Path:
        _, job_id, step = _parts(name)
        return self.job(job_id) / "merged" / f"checkpoint-{step}"

    def has_model(self, job_id: str) -> bool:
        """Whether the model was kept, all of it."""
        return (self.job(job_id) / "model").is_dir()

    def keep(self, job_id: str, save: Callable[[Path], None]) -> None:
        """The tuned model as `save` writes it: all of it, or nothing."""
        beside = self.job(job_id) / "model.part"
        shutil.rmtree(beside, ignore_errors=True)
        save(beside)
        seal(beside)
        folder = self.job(job_id) / "model"
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)


def is_tuned(name: str) -> bool:
    """By a job of tunewright; all else is a base model."""
    return ":tunewright-" in name


def _parts(name: str) -> list[str]:
    # A tuned model can be tuned on: the last job has made it.
    base, rest = name.rsplit(":tunewright-", 1)
    return [base, *f"tunewright-{rest}".split(":")]
