"""Sends what a training makes to the storage, from a thread: the training never waits for it."""

from __future__ import annotations

import logging
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .carrying import send_folder
from .job import Job, Storage
from .stores import Store, StoreAway
from .train import ENDED, ONLY_TO_GO_ON
from .whole import WHOLE, hold, last_whole, step_of, steps

STATE = ("events.jsonl", "failures.json")
"""Of a job's folder: what is told of it, and what its next host has to know."""
_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 600.0
"""While the storage is away at the end. After that another attempt begins, on this host perhaps, where all of it still is."""
_log = logging.getLogger(__name__)


class Delivery:
    """Where all look into one folder nothing has to be sent."""

    def saved(self, step: int) -> None:
        """A checkpoint is whole."""

    def hand_over(self) -> None:
        """Another host goes on from here."""

    def models(self) -> None:
        """The tuned model is kept, and the last checkpoints, which are models too now."""

    def ended(self) -> None:
        """Whoever takes up the job from now on knows that there is nothing left to do."""

    def tell(self) -> None:
        """Of a job that has failed or is cancelled: nobody waits for what is still being sent."""

    def forget(self) -> None:
        """Another host has taken the job over."""


class Sending(Delivery):
    """
    Of checkpoints the newest is sent: where the storage is slower than the training some are left out, and take no room here.
    Removed there are those that the training has removed here too, by the same number that is kept.
    """

    def __init__(self, store: Store, storage: Storage, job: Job) -> None:
        self._store = store
        self._folder = storage.job(job.id)
        self._there = f"jobs/{job.id}"
        self._keep = job.tuning.keep_checkpoints
        self._held = self._folder / "sending"
        shutil.rmtree(self._held, ignore_errors=True)
        self._sent: dict[str, tuple[int, int]] = {}
        self._telling = threading.Lock()
        self._newest_sent = 0
        self._going = 0
        self._lock = threading.Lock()
        self._saved = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def saved(self, step: int) -> None:
        held = self._held / f"checkpoint-{step}"
        with self._lock:
            if step <= self._newest_sent or held.is_dir():
                return
            # The training removes old ones: until it is sent this one is held. Where it is gone already a newer one comes.
            if not hold(self._folder / "checkpoints" / held.name, held):
                return
            self._let_go(lambda older: older < step and older != self._going)
        self._saved.set()

    def hand_over(self) -> None:
        self._stop()
        last = last_whole(self._folder / "checkpoints")
        if last:
            # The training may have ended before it told of it.
            self.saved(step_of(last))
        self._insist(self._newest)
        self._insist(self._state)

    def models(self) -> None:
        self._stop()
        self._insist(self._last_checkpoints)
        self._insist(lambda: send_folder(self._store, self._folder / "model", f"{self._there}/model"))

    def ended(self) -> None:
        self._insist(self._state)
        self._insist(lambda: self._store.send(self._folder / ENDED, f"{self._there}/{ENDED}"))
        # Who serves one of them fetches it.
        for name in ("checkpoints", self._held.name):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def tell(self) -> None:
        self._over.set()
        try:
            self._state()
        except StoreAway as reason:
            _log.warning("%s", reason)

    def forget(self) -> None:
        self._over.set()

    def _stop(self) -> None:
        self._over.set()
        self._saved.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._state()
                self._newest()
            except Exception as reason:
                # Also of this host's disk: nothing of that ends the training.
                _log.warning("It is tried again: %r", reason)
            self._saved.wait(_LOOK_SECONDS)
            self._saved.clear()

    def _state(self) -> None:
        # One after the other: of two at once the older could come last, and stay.
        with self._telling:
            for path in (self._folder / name for name in STATE):
                about = path.stat() if path.is_file() else None
                # Two lines within a tick of the clock have the same time.
                changed = about and (about.st_mtime_ns, about.st_size)
                if changed and changed != self._sent.get(path.name):
                    self._store.send(path, f"{self._there}/{path.name}")
                    self._sent[path.name] = changed

    def _newest(self) -> None:
        with self._lock:
            held = steps(self._held)
            if not held:
                return
            newest = self._going = max(held)
        send_folder(self._store, held[newest], f"{self._there}/checkpoints/checkpoint-{newest}")
        with self._lock:
            self._newest_sent = newest
            self._let_go(lambda step: step <= newest)
        self._remove_old()

    def _let_go(self, which: Callable[[int], bool]) -> None:
        for step, folder in steps(self._held).items():
            if which(step):
                shutil.rmtree(folder)

    def _last_checkpoints(self) -> None:
        there, _ = self._checkpoints_there()
        here = {step: folder for step, folder in steps(self._folder / "checkpoints").items() if (folder / WHOLE).is_file()}
        for step in sorted(here)[-self._keep :]:
            if step not in there:
                send_folder(self._store, here[step], f"{self._there}/checkpoints/checkpoint-{step}")
        self._remove_old()
        _, names = self._checkpoints_there()
        self._store.remove([name for name in names if _only_to_go_on(name)])

    def _remove_old(self) -> None:
        whole, names = self._checkpoints_there()
        kept = sorted(whole)[-self._keep :]
        old = [name for name in names if _step(name) not in kept and _step(name) < kept[-1]]
        # Once the first of its files is gone a checkpoint is none any more.
        self._store.remove(sorted(old, key=lambda name: not name.endswith(f"/{WHOLE}")))

    def _checkpoints_there(self) -> tuple[set[int], list[str]]:
        """Those of which everything is there, and all files of all of them."""
        prefix = f"{self._there}/checkpoints/"
        names = [f"{prefix}{name}" for name in self._store.listing(prefix) if re.match(r"checkpoint-\d+/", name)]
        return {_step(name) for name in names if name.endswith(f"/{WHOLE}")}, names

    def _insist(self, doing: Callable[[], None]) -> None:
        until, wait = time.monotonic() + _PATIENCE_SECONDS, 1.0
        while True:
            try:
                return doing()
            except StoreAway as reason:
                if time.monotonic() + wait > until:
                    raise
                _log.warning("It is tried again: %s", reason)
            time.sleep(wait)
            wait = min(2 * wait, 30.0)


def _step(name: str) -> int:
    return int(re.findall(r"/checkpoint-(\d+)/", name)[-1])


def _only_to_go_on(name: str) -> bool:
    return any(Path(name).match(pattern) for pattern in ONLY_TO_GO_ON)
