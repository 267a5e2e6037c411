"""Learning from answers."""

from __future__ import annotations

from typing import Any

from .examples import supervised_rows
from .job import Job

rows = supervised_rows

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


def size(row: dict[str, list[int]]) -> int:
    """Tokens that are trained on."""
    return len(row["input_ids"])


def trainer(job: Job, source: str, settings: dict[str, Any], **parts: Any) -> Any:
    from trl import SFTConfig, SFTTrainer

    return SFTTrainer(args=SFTConfig(**settings, completion_only_loss=True), **parts)
