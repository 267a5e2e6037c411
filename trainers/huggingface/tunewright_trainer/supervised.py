"""Learning from answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .examples import Rows, supervised_rows
from .job import Job

UNIT = "answer"
"""What a row is, for messages."""

RATES = {"lora": 2e-4, "full": 2e-5}
"""Learning rates that are usual: TRL's default, and ten times as much for LoRA, as its documents advise."""

METRICS = {
    "loss": "trainLoss",
    "mean_token_accuracy": "trainAccuracy",
    "eval_loss": "validLoss",
    "eval_mean_token_accuracy": "validAccuracy",
}
"""TRL's names as the service's."""


def rows(job: Job, path: Path, tokenizer: Any, most: int) -> Rows:
    return supervised_rows(path, tokenizer, most)


def trained_tokens(job: Job, trainer: Any) -> int:
    return job.epochs * sum(len(row["input_ids"]) for row in trainer.train_dataset)


def trainer(job: Job, source: str, settings: dict[str, Any], **parts: Any) -> Any:
    from trl import SFTConfig, SFTTrainer

    return SFTTrainer(args=SFTConfig(**settings, completion_only_loss=True), **parts)
