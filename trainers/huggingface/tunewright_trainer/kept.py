"""
The last checkpoint of a job of Hugging Face Jobs, in a repository of its own: once the job has ended without a model, one that
trains the same goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import traceback
from functools import cached_property
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from .carrying import sha256
from .job import Job, Storage
from .train import Away, passes
from .whole import hold, write_json

_ABOUT = "checkpoint.json"
_FOLDER = "checkpoint"
_OF_THE_RUN = ("id", "runName", "trainingFile", "validationFile")
"""What another run calls otherwise, though it trains the same."""


class Kept:
    """It is replaced by each newer one in one commit, so that there is always a whole one."""

    def __init__(self, api: HfApi, namespace: str, storage: Storage, told: dict[str, Any], ended: list[str]) -> None:
        """`told`: the job, as it was told. `ended`: jobs that may have trained the same, and do so no more."""
        self._api = api
        self._repository, *self._ended = (f"{namespace}/{job_id}-checkpoint" for job_id in [told["id"], *ended])
        self._storage = storage
        self._told = told
        self._folder = storage.job(told["id"])
        self._step = 0
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def fetch(self) -> None:
        """The furthest that those which have ended have left."""
        left = self._left()
        if not left:
            return
        repository = max(left, key=lambda one: left[one])
        root = self._storage.root / "kept" / repository
        try:
            self._api.snapshot_download(repository, local_dir=root)
        except OSError as reason:
            raise Away(f"The hub cannot be reached for {repository}: {reason}") from reason
        checkpoint = self._folder / "checkpoints" / f"checkpoint-{left[repository]}"
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        (root / _FOLDER).rename(checkpoint)

    def begin(self) -> None:
        self._thread.start()

    def saved(self, step: int) -> None:
        """The newest one is pushed, from a thread: the training never waits for that."""
        held = self._folder / "held"
        with self._lock:
            shutil.rmtree(held, ignore_errors=True)
            if hold(self._folder / "checkpoints" / f"checkpoint-{step}", held / _FOLDER):
                self._step = step
                self._due.set()

    def end(self) -> None:
        """What is due is pushed."""
        self._over.set()
        self._due.set()
        self._thread.join()

    def remove(self) -> None:
        """Where the model is pushed nobody goes on, from what those before have left neither."""
        self.end()
        try:
            for repository in [self._repository, *self._left()]:
                self._api.delete_repo(repository, missing_ok=True)
        except Exception:
            # The job has succeeded all the same.
            traceback.print_exc()

    def _run(self) -> None:
        over = False
        while not over:
            self._due.wait()
            self._due.clear()
            over = self._over.is_set()
            try:
                self._push()
            except Exception:
                # The next one is tried again.
                traceback.print_exc()

    def _push(self) -> None:
        held, going = self._folder / "held", self._folder / "going"
        shutil.rmtree(going, ignore_errors=True)
        with self._lock:
            if not held.is_dir():
                return
            held.rename(going)
            step = self._step
        write_json(going / _ABOUT, {"step": step, "trains": self._trains})
        self._api.create_repo(self._repository, private=True, exist_ok=True)
        self._api.upload_folder(
            repo_id=self._repository,
            folder_path=going,
            # Of the one before, whose files it has not.
            delete_patterns=f"{_FOLDER}/*",
            commit_message=f"Step {step}",
        )

    def _left(self) -> dict[str, int]:
        """Of those that have ended the repositories with a checkpoint of this training, and its step."""
        left: dict[str, int] = {}
        for repository in self._ended:
            root = self._storage.root / "kept" / repository
            try:
                path = self._api.hf_hub_download(repository, _ABOUT, repo_type="model", local_dir=root)
            except OSError as reason:
                if passes(reason):
                    # Better no training than one that was paid already.
                    raise Away(f"The hub cannot be reached for {repository}: {reason}") from reason
                # It has left none.
                continue
            about = json.loads(Path(path).read_text())
            if about["trains"] == self._trains:
                left[repository] = about["step"]
        return left

    @cached_property
    def _trains(self) -> str:
        """What is trained: model, settings, and the content of the data."""
        job = Job.from_json(self._told)
        settings = {name: value for name, value in self._told.items() if name not in _OF_THE_RUN}
        data = [sha256(self._storage.file(name)) for name in (job.training_file, job.validation_file) if name]
        return hashlib.sha256(json.dumps([settings, data], sort_keys=True).encode()).hexdigest()
