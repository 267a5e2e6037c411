"""Learning from grades of answers of the model's own: group relative policy optimisation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .examples import Rows, question_rows
from .graders import grader
from .job import Job, Refused, Reinforcement

UNIT = "question"
"""What a row is, for messages."""

RATES = {"lora": 1e-5, "full": 1e-6}
"""TRL's default, and ten times as much for LoRA, as its documents advise."""

METRICS = {"reward": "trainReward", "eval_reward": "validReward"}
"""TRL's names as the service's: means of the grader's scores. A loss by this method says nothing of how well it goes."""


def rows(job: Job, path: Path, tokenizer: Any, most: int) -> Rows:
    length = _settings(job).answer_tokens
    found = question_rows(path, tokenizer, most - length)
    if not found.rows:
        message = f"No question of {path.name} leaves room for an answer of {length} tokens within {most}: raise maxTokens, or shorten the answers."
        raise Refused("examples_too_long", message)
    return found


def trained_tokens(job: Job, trainer: Any) -> int:
    """Of all questions as often as they were answered, and of all answers."""
    return trainer.state.num_input_tokens_seen


def trainer(job: Job, source: str, settings: dict[str, Any], **parts: Any) -> Any:
    from datasets import concatenate_datasets
    from trl import GRPOConfig, GRPOTrainer

    told = _settings(job)
    score = grader(told.grader)

    def reward(completions: list[str], item: list[str], **_: Any) -> list[float]:
        return [score({"reference": "", **json.loads(example)}, answer) for answer, example in zip(completions, item, strict=True)]

    class Prepared(GRPOTrainer):
        def _tokenize_prompts(self, prompts: list[str]) -> tuple[list[list[int]], None, dict[str, Any]]:
            # Rendered already, as for the other objectives, and with the tools of each example.
            return [json.loads(prompt) for prompt in prompts], None, {}

    # A step learns from the answers to `batchSize` questions; as many answers as that are held in memory at once.
    mine = {
        **settings,
        "gradient_accumulation_steps": settings["gradient_accumulation_steps"] * told.answers,
        "num_generations": told.answers,
        "num_generations_eval": 1,
        "max_completion_length": told.answer_tokens,
        # All epochs in a row: where a training is taken up again, the order of a later epoch would be another one.
        "shuffle_dataset": False,
        "num_train_epochs": 1,
    }
    del mine["max_length"]
    args = GRPOConfig(**mine)
    data = parts.pop("train_dataset")
    epochs = concatenate_datasets([data.shuffle(seed=job.seed + epoch) for epoch in range(job.epochs)])
    steps = len(epochs) * told.answers // args.generation_batch_size
    if steps == 0:
        raise Refused("too_few_examples", f"{len(epochs)} questions, each as often as there are epochs, make no step: lower batchSize.")
    if parts["eval_dataset"] is not None:
        args.eval_strategy, args.eval_steps = "steps", max(1, steps // job.epochs)
    return Prepared(args=args, reward_funcs=reward, train_dataset=epochs, **parts)


def _settings(job: Job) -> Reinforcement:
    if job.reinforcement is None:
        raise Refused("invalid_job", "The job names no grader.")
    return job.reinforcement
