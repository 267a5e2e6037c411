"""Learning from pairs of a preferred answer and another: direct preference optimisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .examples import Rows, pair_rows
from .job import Job

UNIT = "pair"
"""What a row is, for messages."""

RATES = {"lora": 1e-5, "full": 1e-6}
"""TRL's default, and ten times as much for LoRA, as its documents advise."""

METRICS = {
    "loss": "trainLoss",
    "rewards/accuracies": "trainAccuracy",
    "eval_loss": "validLoss",
    "eval_rewards/accuracies": "validAccuracy",
}
"""TRL's names as the service's. Accuracy: of how many pairs the preferred answer has become the likelier one."""


def rows(job: Job, path: Path, tokenizer: Any, most: int) -> Rows:
    return pair_rows(path, tokenizer, most)


def trained_tokens(job: Job, trainer: Any) -> int:
    """Of both sides, each with what is asked."""
    sizes = (2 * len(row["prompt_ids"]) + len(row["chosen_ids"]) + len(row["rejected_ids"]) for row in trainer.train_dataset)
    return job.epochs * sum(sizes)


def trainer(job: Job, source: str, settings: dict[str, Any], **parts: Any) -> Any:
    from transformers import AutoModelForCausalLM
    from trl import DPOConfig, DPOTrainer

    class Prepared(DPOTrainer):
        def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
            # Rendered here, as for the other objective: TRL's own way knows no parts, no null and no arguments in text.
            return dataset

    # An adapter is set aside to ask the model as it was; without one that takes a second model.
    whole = parts["peft_config"] is None
    before = AutoModelForCausalLM.from_pretrained(source, dtype=parts["model"].dtype) if whole else None
    return Prepared(args=DPOConfig(**settings, beta=job.beta), ref_model=before, **parts)
