"""The activity that trains: it runs the training as a child process, and tells Temporal and the job's folder how it goes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from .child import child, meanwhile, tail
from .events import Events
from .job import Job, Refused
from .place import Place
from .sending import Delivery
from .stores import StoreAway
from .train import AWAY, LOCKED, REFUSED, STOPPED, lighten
from .whole import last_whole, write_json

_STOP_SECONDS = 60
"""What a step and a checkpoint may take; after that the child is killed, and the last checkpoint counts."""
_BEAT_SECONDS = 1
_MOST_FAILURES = 3
"""In a row, without a checkpoint between them: a full disk or a GPU that was taken passes, a lack of memory does not."""


class Training:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._storage = place.storage

    @activity.defn(name="huggingFaceTrain")
    async def train(self, told: dict[str, Any]) -> dict[str, Any]:
        job = Job.from_json(told)
        ended = await self._beginning(job)
        if ended is None:
            ended = await self._trained(job, told)
        return {"trainedTokens": ended["trainedTokens"], "steps": ended["step"]}

    async def _beginning(self, job: Job) -> dict[str, Any] | None:
        try:
            return await meanwhile(lambda: self._place.begin(job), activity.heartbeat)
        except StoreAway as reason:
            raise ApplicationError(str(reason), type="storage_missing") from reason
        except Refused as reason:
            raise ApplicationError(str(reason), type=reason.code, non_retryable=True) from reason

    async def _trained(self, job: Job, told: dict[str, Any]) -> dict[str, Any]:
        folder = self._storage.job(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        events = Events(folder / "events.jsonl")
        attempt = activity.info().attempt
        events.add("A host has taken up the job." if attempt == 1 else f"A host has taken up the job: attempt {attempt}.")
        sending = self._place.sending(job)
        last: dict[str, Any] = {}

        async def sent(doing: Callable[[], None]) -> None:
            # Checkpoints are large, and the storage may be away.
            await meanwhile(doing, lambda: activity.heartbeat(last))

        try:
            await self._run(job, told, events, sending, last)
            lighten(self._storage, job)
            await sent(sending.models)
            events.add("The model is saved.")
            await sent(sending.ended)
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details is not None and (details.not_found or details.timed_out):
                # Another host has taken the job over, or its workflow is gone: this one has nothing more to say.
                sending.forget()
                raise
            if details is not None and details.cancel_requested:
                events.add("Cancelled; a checkpoint is kept.", "warn")
                await sent(sending.tell)
                raise
            events.add("The host ends; another one goes on from the last checkpoint.", "warn")
            await sent(sending.hand_over)
            raise ApplicationError("The host's worker was told to end.", type="host_ended") from None
        except StoreAway as reason:
            raise ApplicationError(str(reason), type="storage_missing") from reason
        except ApplicationError as failure:
            events.add(failure.message, "error")
            await sent(sending.tell if failure.non_retryable else sending.hand_over)
            raise
        return last

    async def _run(self, job: Job, told: dict[str, Any], events: Events, sending: Delivery, last: dict[str, Any]) -> None:
        """`last` is what was last told of it."""
        folder = self._storage.job(job.id)
        log = folder / "trainer.log"
        reader, writer = os.pipe()
        command = [sys.executable, "-m", "tunewright_trainer.train", str(self._storage.root), json.dumps(told), str(writer)]
        refusal: dict[str, Any] = {}

        def hear(line: bytes) -> None:
            said = json.loads(line)
            kind = said.pop("kind")
            if kind == "refused":
                refusal.update(said)
                return
            if kind != "warning":
                last.update(said)
            if kind == "checkpoint":
                sending.saved(said["step"])
            events.tell(kind, **said)

        async with child(command, log, pass_fds=(writer,)) as process:
            os.close(writer)
            hearing = asyncio.create_task(_lines(reader, hear))
            try:
                while not await _ends(process):
                    activity.heartbeat(last)
            except asyncio.CancelledError:
                # Saving a checkpoint takes longer than a host may be silent.
                await _stopped(process, lambda: activity.heartbeat(last))
                raise
            await hearing
            status = process.returncode
        if status == 0:
            return
        if status == REFUSED:
            raise ApplicationError(refusal["message"], type=refusal["code"], non_retryable=True)
        if status == LOCKED:
            raise ApplicationError("An earlier training of this job still runs.", type="locked")
        if status == AWAY:
            raise ApplicationError(refusal["message"], type="away")
        if status == STOPPED:
            raise ApplicationError("The training was told to end.", type="stopped")
        killed = status is not None and status < 0
        failures = _failures(folder)
        again = f" It has done so {failures} times without a checkpoint between." if failures > 1 else ""
        if killed:
            # By the kernel for want of memory, or by a person.
            message = f"The training was ended by signal {-(status or 0)}.{again}"
        else:
            message = f"The training failed.{again}\n{tail(log)}"
        raise ApplicationError(
            message, type="killed" if killed else "training_failed", non_retryable=failures >= _MOST_FAILURES
        )


def _failures(folder: Path) -> int:
    """How often the job has failed since its last checkpoint, this time among them."""
    path = folder / "failures.json"
    whole = last_whole(folder / "checkpoints")
    last = whole.name if whole else None
    known = json.loads(path.read_text()) if path.is_file() else {}
    count = known.get("count", 0) + 1 if known.get("checkpoint") == last else 1
    write_json(path, {"checkpoint": last, "count": count})
    return count


async def _ends(process: asyncio.subprocess.Process) -> bool:
    try:
        await asyncio.wait_for(process.wait(), _BEAT_SECONDS)
        return True
    except TimeoutError:
        return False


async def _stopped(process: asyncio.subprocess.Process, beat: Callable[[], None]) -> None:
    process.send_signal(signal.SIGTERM)
    until = time.monotonic() + _STOP_SECONDS
    while not await _ends(process):
        beat()
        if time.monotonic() > until:
            process.kill()


async def _lines(descriptor: int, hear: Any) -> None:
    stream = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb"))
    try:
        while line := await stream.readline():
            # The last line of a process that was killed may be cut.
            if line.endswith(b"\n"):
                hear(line)
    finally:
        transport.close()
