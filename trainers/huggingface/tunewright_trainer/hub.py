"""Trains one job on a machine of Hugging Face Jobs: `python -m tunewright_trainer.hub`.

The job is told in TUNEWRIGHT_JOB, and in TUNEWRIGHT_ENDED_JOBS, as a JSON array, the ids of others that have ended, whose training
it may go on with. TUNEWRIGHT_REPOSITORY names the dataset repository that holds its data and takes its events and result,
TUNEWRIGHT_MODEL_REPOSITORY the one that the tuned model is pushed to, and HF_TOKEN may write to both, and make others beside
them. The machine is gone when this process ends: whatever is to be kept is pushed before. src/platforms/huggingface/hub reads the
same layout.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from . import ranks
from .events import Events
from .job import Job, Refused, Storage
from .kept import Kept
from .sagemaker import Telling
from .train import Away, Silent, passes, train
from .whole import write_json

_PUSH_SECONDS = 60.0
"""A repository takes some hundred commits an hour."""
_PUSH_TRIES = 5
_STOPPED = 128 + signal.SIGTERM


class HubStorage(Storage):
    """The machine's own folder; what is not there yet is fetched from the hub."""

    def __init__(self, root: Path, api: HfApi, repository: str) -> None:
        super().__init__(root)
        self._api = api
        self._repository = repository

    def file(self, name: str) -> Path:
        return Path(self._api.hf_hub_download(self._repository, f"files/{name}", repo_type="dataset", local_dir=self.root))

    def model(self, name: str) -> str:
        try:
            return self._api.snapshot_download(name)
        except OSError as reason:
            if passes(reason):
                raise Away(f"The hub cannot be reached for {name}: {reason}") from reason
            raise Refused("model_not_found", f"The model {name} cannot be fetched: {reason}") from reason


class Pushing:
    """Keeps the job's folder of the repository as the events are here."""

    def __init__(self, api: HfApi, repository: str, folder: Path, job_id: str) -> None:
        self._api = api
        self._repository = repository
        self._folder = folder
        self._in_repository = f"jobs/{job_id}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        seen = 0.0
        while not self._ended.wait(float(os.environ.get("TUNEWRIGHT_PUSH_SECONDS", _PUSH_SECONDS))):
            events = self._folder / "events.jsonl"
            changed = events.stat().st_mtime if events.is_file() else 0.0
            if changed == seen:
                continue
            try:
                self._push()
                seen = changed
            except Exception:
                # Events are a convenience: the next push has them too.
                traceback.print_exc()

    def _push(self) -> None:
        self._api.upload_folder(
            repo_id=self._repository,
            repo_type="dataset",
            folder_path=self._folder,
            path_in_repo=self._in_repository,
            allow_patterns=["events.jsonl", "result.json"],
            commit_message=f"{self._in_repository}: events",
        )

    def end(self) -> None:
        """What counts is pushed, or the machine does not say that it is done."""
        self._ended.set()
        self._thread.join()
        for attempt in range(1, _PUSH_TRIES + 1):
            try:
                return self._push()
            except Exception:
                if attempt == _PUSH_TRIES:
                    raise
                traceback.print_exc()
                time.sleep(2.0**attempt)


class Keeping(Telling):
    """Checkpoints are pushed as they are saved."""

    def __init__(self, events: Events, kept: Kept) -> None:
        super().__init__(events)
        self._kept = kept

    def tell(self, kind: str, **facts: Any) -> None:
        super().tell(kind, **facts)
        if kind == "checkpoint":
            self._kept.saved(facts["step"])


def main() -> int:
    told = json.loads(os.environ["TUNEWRIGHT_JOB"])
    job, api, repository = Job.from_json(told), HfApi(), os.environ["TUNEWRIGHT_REPOSITORY"]
    with tempfile.TemporaryDirectory(prefix="tunewright-job-") as own:
        # Where several processes train they do so in the first one's folder: a checkpoint is of all of them.
        root = os.environ.setdefault("TUNEWRIGHT_JOB_FOLDER", own)
        storage = HubStorage(Path(root), api, repository)
        ended = json.loads(os.environ["TUNEWRIGHT_ENDED_JOBS"])
        kept = Kept(api, repository.partition("/")[0], storage, told, ended)
        if root == own:
            kept.fetch()
        ranks.spread(job.tuning.processes)
        return first(job, api, repository, storage, kept) if ranks.rank() == 0 else other(job, storage)


def other(job: Job, storage: Storage) -> int:
    return 0 if train(storage, job, Silent()) else _STOPPED


def first(job: Job, api: HfApi, repository: str, storage: Storage, kept: Kept) -> int:
    """The process that tells and pushes; its status."""
    folder = storage.job(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    events = Events(folder / "events.jsonl")
    events.add("The machine trains.")
    telling = Keeping(events, kept)
    pushing = Pushing(api, repository, folder, job.id)
    kept.begin()
    try:
        whole = train(storage, job, telling)
        if whole:
            model_repository = os.environ["TUNEWRIGHT_MODEL_REPOSITORY"]
            api.create_repo(model_repository, private=True, exist_ok=True)
            api.upload_folder(repo_id=model_repository, folder_path=folder / "model", commit_message="The tuned model")
    except Exception as reason:
        traceback.print_exc()
        code = reason.code if isinstance(reason, Refused) else "away" if isinstance(reason, Away) else "training_failed"
        events.add(str(reason), "error")
        write_json(folder / "result.json", {"error": {"code": code, "message": str(reason)}})
        pushing.end()
        kept.end()
        return 1
    if not whole:
        events.add("Stopped.", "warn")
        kept.end()
        pushing.end()
        # There is no model: this is no success.
        return _STOPPED
    events.add("The model is pushed.")
    write_json(folder / "result.json", {"trainedTokens": telling.last["trainedTokens"]})
    pushing.end()
    kept.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
