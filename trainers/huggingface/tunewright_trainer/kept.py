"""The last checkpoint of a training on Hugging Face Jobs, in a repository of its own: a job that trains the same goes on from there."""

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

    def __init__(self, api: HfApi, namespace: str, storage: Storage, told: dict[str, Any]) -> None:
        """`told`: the job, as it was told."""
        self._api = api
        self._namespace = namespace
        self._storage = storage
        self._told = told
        self._folder = storage.job(told["id"])
        self._step = 0
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def fetch(self) -> None:
        """What a job that was ended has left."""
        root = self._storage.root / "kept"
        try:
            about = self._api.hf_hub_download(self._repository, _ABOUT, repo_type="model", local_dir=root)
            self._api.snapshot_download(self._repository, local_dir=root)
        except OSError as reason:
            if passes(reason):
                # Better no training than one that was paid already.
                raise Away(f"The hub cannot be reached for {self._repository}: {reason}") from reason
            # None was ended.
            return
        checkpoint = self._folder / "checkpoints" / f"checkpoint-{json.loads(Path(about).read_text())['step']}"
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
        """Where the model is pushed nobody goes on."""
        self.end()
        try:
            self._api.delete_repo(self._repository, missing_ok=True)
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
        write_json(going / _ABOUT, {"step": step})
        self._api.create_repo(self._repository, private=True, exist_ok=True)
        self._api.upload_folder(
            repo_id=self._repository,
            folder_path=going,
            # Of the one before, whose files it has not.
            delete_patterns=f"{_FOLDER}/*",
            commit_message=f"Step {step}",
        )

    @cached_property
    def _repository(self) -> str:
        """Named by what is trained: model, settings, and the content of the data."""
        job = Job.from_json(self._told)
        settings = {name: value for name, value in self._told.items() if name not in _OF_THE_RUN}
        data = [sha256(self._storage.file(name)) for name in (job.training_file, job.validation_file) if name]
        trains = hashlib.sha256(json.dumps([settings, data], sort_keys=True).encode()).hexdigest()
        return f"{self._namespace}/tunewright-{trains[:40]}-checkpoint"
