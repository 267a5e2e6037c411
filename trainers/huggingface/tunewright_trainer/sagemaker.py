"""Trains one job in a container of SageMaker: `python -m tunewright_trainer.sagemaker`.

The contract of /opt/ml is SageMaker's: docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html. What is
in /opt/ml/checkpoints is copied to S3 while it trains, and is there again when a spot instance was taken away: events,
checkpoints and the result lie there as below a job's folder elsewhere. SIGTERM saves a checkpoint.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import tarfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import ranks
from .events import Events
from .job import Job, Refused, Storage
from .train import Silent, train
from .whole import write_json

_REASON_CHARACTERS = 1024
"""More of a failure's reason SageMaker does not tell."""
_STOPPED = 128 + signal.SIGTERM


class Container(Storage):
    """The folders of one job's container."""

    def file(self, name: str) -> Path:
        """The one file of a channel."""
        (only,) = (self.root / "input" / "data" / name).iterdir()
        return only

    def job(self, job_id: str) -> Path:
        return self.root / "checkpoints"

    def model(self, name: str) -> str:
        """The channel, where the job has one: a tuned model comes as the archive that SageMaker has made of it."""
        channel = self.root / "input" / "data" / "model"
        if not channel.is_dir():
            return name
        archive = channel / "model.tar.gz"
        if not archive.is_file():
            return str(channel)
        folder, beside = self.root / "base", self.root / "base.part"
        with (self.root / "base.lock").open("w") as lock:
            # Of several processes the first one unpacks it.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                with tarfile.open(archive) as tar:
                    tar.extractall(beside, filter="data")
                beside.rename(folder)
        return str(folder)

    def is_adapter(self, name: str) -> bool:
        # What it starts from comes whole, by the channel; the job's own checkpoints are no model of another.
        return False

    def has_model(self, job_id: str) -> bool:
        # It is lost with its machine: where the job was begun again, so is the saving.
        return False

    def keep(self, job_id: str, save: Callable[[Path], None]) -> None:
        # The folder is mounted, and becomes model.tar.gz once this process has ended.
        save(self.root / "model")


class Telling:
    """To the events, and what was last told of the whole."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self.last: dict[str, Any] = {}

    def tell(self, kind: str, **facts: Any) -> None:
        self.last.update(facts)
        self._events.tell(kind, **facts)
        if kind == "metrics":
            # From the log CloudWatch takes what the job's MetricDefinitions name.
            print(" ".join(f"{name}={value}" for name, value in facts.items()), flush=True)


def job_of(hyperparameters: dict[str, str], channels: list[str]) -> Job:
    """
    Hyperparameters are strings; each of these is JSON, and those of the tuning stand beside the others. What is too long for one
    is cut into `name.0`, `name.1` and so on.
    """
    texts: dict[str, str] = {}
    for name in sorted(hyperparameters, key=lambda name: int(name.partition(".")[2] or 0)):
        whole = name.partition(".")[0]
        texts[whole] = texts.get(whole, "") + hyperparameters[name]
    told = {name: json.loads(text) for name, text in texts.items()}
    validation = "validation" if "validation" in channels else None
    job_id = os.environ["TRAINING_JOB_NAME"]
    return Job.from_json({**told, "id": job_id, "trainingFile": "training", "validationFile": validation, "tuning": told})


def check_gpu(root: Path) -> None:
    """Training on the processor of a machine with a GPU would take days, and cost as much as if it were used."""
    config = root / "input" / "config" / "resourceconfig.json"
    instance = json.loads(config.read_text()).get("current_instance_type", "") if config.is_file() else ""
    if not instance.startswith(("ml.g", "ml.p")):
        return
    import torch

    if not torch.cuda.is_available():
        raise Refused("no_gpu", f"PyTorch sees no GPU on {instance}: its driver is older than the image's CUDA wants, or hidden from it.")


def main() -> int:
    root = Path(os.environ.get("TUNEWRIGHT_OPT_ML", "/opt/ml"))
    storage = Container(root)
    config = root / "input" / "config"
    hyperparameters = json.loads((config / "hyperparameters.json").read_text())
    job = job_of(hyperparameters, [folder.name for folder in (root / "input" / "data").iterdir()])
    ranks.spread(job.tuning.processes)
    if ranks.rank() > 0:
        return 0 if train(storage, job, Silent()) else _STOPPED
    folder = storage.job(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    events = Events(folder / "events.jsonl")
    telling = Telling(events)
    events.add("The container trains.")
    try:
        check_gpu(root)
        whole = train(storage, job, telling)
    except Exception as reason:
        traceback.print_exc()
        code = reason.code if isinstance(reason, Refused) else "training_failed"
        events.add(str(reason), "error")
        output = root / "output"
        output.mkdir(exist_ok=True)
        (output / "failure").write_text(f"{code}: {reason}"[:_REASON_CHARACTERS])
        return 1
    if not whole:
        events.add("Stopped; a checkpoint is kept.", "warn")
        # There is no model: this is no success.
        return _STOPPED
    write_json(folder / "result.json", {"trainedTokens": telling.last["trainedTokens"], "steps": telling.last["step"]})
    events.add("The model is saved.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
