import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tunewright_trainer.job import Storage

from .tiny_model import make

INTENTS = {
    "billing": ["I want my money back", "please refund order", "when does the refund arrive", "give me a refund for"],
    "shipping": ["where is my parcel", "the delivery is late", "when will my package come", "has the courier left with"],
}


def pair(question: str, preferred: str) -> dict[str, Any]:
    [other] = INTENTS.keys() - {preferred}
    return {
        "input": {"messages": [{"role": "user", "content": question}]},
        "preferred_output": [{"role": "assistant", "content": preferred}],
        "non_preferred_output": [{"role": "assistant", "content": other}],
    }


def small_storage(folder: Path) -> Storage:
    """
    With a data set of two intents, pairs of the right and the wrong one, questions with the right one beside them, answers that
    are right by chance, and the model `tiny`, which knows nothing yet.
    """
    storage = Storage(folder)
    (folder / "files").mkdir(parents=True)
    lines = [
        {"messages": [{"role": "user", "content": f"{texts[i % 4]} {1000 + i}"}, {"role": "assistant", "content": intent}]}
        for i in range(32)
        for intent, texts in INTENTS.items()
    ]
    asked = [(line["messages"][0], line["messages"][1]["content"]) for line in lines]
    either = list(INTENTS)
    files = {
        "data.jsonl": lines,
        "pairs.jsonl": [pair(question["content"], intent) for question, intent in asked],
        "questions.jsonl": [{"messages": [question], "intent": intent} for question, intent in asked],
        "chance.jsonl": [
            {"messages": [question, {"role": "assistant", "content": either[i // 2 % 2]}]} for i, (question, _) in enumerate(asked)
        ],
    }
    for name, examples in files.items():
        storage.file(name).write_text("".join(json.dumps(example) + "\n" for example in examples))
    make(folder / "models" / "tiny", storage.file("data.jsonl"), words=400, length=64)
    return storage


def job(job_id: str, **changes: Any) -> dict[str, Any]:
    tuning = {
        "method": "full",
        "loraRank": 8,
        "learningRate": 3e-3,
        "maxTokens": 64,
        "gradientAccumulation": 1,
        "checkpoints": 10,
        "keepCheckpoints": 2,
        **changes.pop("tuning", {}),
    }
    told = {
        "id": job_id,
        "model": "tiny",
        "trainingFile": "data.jsonl",
        "epochs": 15,
        "batchSize": 8,
        "learningRateMultiplier": 1,
        "seed": 1,
        "objective": "supervised",
        "beta": 0.1,
        "tuning": tuning,
    }
    return {**told, **changes}


class TrainingProcess:
    """A training as the worker starts it."""

    def __init__(self, storage: Storage, told: dict[str, Any]) -> None:
        reader, writer = os.pipe()
        command = [sys.executable, "-m", "tunewright_trainer.train", str(storage.root), json.dumps(told), str(writer)]
        self.process = subprocess.Popen(command, pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        os.close(writer)
        self._told = os.fdopen(reader)
        self.said: list[dict[str, Any]] = []

    def until(self, kind: str, step: int = 0) -> dict[str, Any]:
        """Reads on until it has told this, at that step or later."""
        for line in self._told:
            said = json.loads(line)
            self.said.append(said)
            if said["kind"] == kind and said.get("step", 0) >= step:
                return said
        raise AssertionError(f"It never told {kind}: {self.process.communicate()[1]}")

    def ended(self) -> int:
        self.said += [json.loads(line) for line in self._told]
        _, errors = self.process.communicate(timeout=60)
        # Shown where a test fails.
        print(errors, file=sys.stderr)
        assert self.process.returncode != 1
        return self.process.returncode

    def losses(self) -> dict[int, float]:
        return self.told("trainLoss")

    def told(self, metric: str) -> dict[int, float]:
        """By step."""
        return {said["step"]: said[metric] for said in self.said if said["kind"] == "metrics" and metric in said}
