"""The activity that trains: it runs the training as a child process, and tells Temporal and the job's folder how it goes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from .child import child, tail
from .events import Events
from .job import Job, Storage, write_json
from .train import LOCKED, REFUSED, STOPPED

_STOP_SECONDS = 60
"""What a step and a checkpoint may take; after that the child is killed, and the last checkpoint counts."""
_BEAT_SECONDS = 1


class Training:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @activity.defn(name="huggingFaceTrain")
    async def train(self, told: dict[str, Any]) -> dict[str, Any]:
        job = Job.from_json(told)
        folder = self._storage.job(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        events = Events(folder / "events.jsonl")
        attempt = activity.info().attempt
        events.add("A host has taken up the job." if attempt == 1 else f"A host has taken up the job: attempt {attempt}.")
        try:
            ended = await self._run(job, told, folder, events)
        except asyncio.CancelledError:
            details = activity.cancellation_details()
            if details is not None and (details.cancel_requested or details.not_found):
                events.add("Cancelled; a checkpoint is kept.", "warn")
                write_json(folder / "result.json", {"state": "cancelled"})
                raise
            events.add("The host ends; another one goes on from the last checkpoint.", "warn")
            raise ApplicationError("The host's worker was told to end.", type="host_ended") from None
        except ApplicationError as failure:
            events.add(failure.message, "error")
            if failure.non_retryable:
                reason = {"code": failure.type or "unknown", "message": failure.message}
                write_json(folder / "result.json", {"state": "failed", "error": reason})
            raise
        result = {"state": "succeeded", "trainedTokens": ended["trainedTokens"], "steps": ended["step"]}
        write_json(folder / "result.json", result)
        events.add("The model is saved.")
        return result

    async def _run(self, job: Job, told: dict[str, Any], folder: Path, events: Events) -> dict[str, Any]:
        log = folder / "trainer.log"
        reader, writer = os.pipe()
        command = [sys.executable, "-m", "tunewright_trainer.train", str(self._storage.root), json.dumps(told), str(writer)]
        last: dict[str, Any] = {}
        refusal: dict[str, Any] = {}

        def hear(line: bytes) -> None:
            said = json.loads(line)
            kind = said.pop("kind")
            if kind == "refused":
                refusal.update(said)
                return
            last.update(said)
            events.tell(kind, **said)

        async with child(command, log, pass_fds=(writer,)) as process:
            os.close(writer)
            hearing = asyncio.create_task(_lines(reader, hear))
            try:
                while not await _ends(process):
                    activity.heartbeat(last)
            except asyncio.CancelledError:
                await _stopped(process)
                raise
            await hearing
            status = process.returncode
        if status == 0:
            return last
        if status == REFUSED:
            raise ApplicationError(refusal["message"], type=refusal["code"], non_retryable=True)
        if status == LOCKED:
            raise ApplicationError("An earlier training of this job still runs.", type="locked")
        if status == STOPPED or status is None or status < 0:
            # Killed from outside: by the kernel for want of memory, or by a person.
            raise ApplicationError(f"The training was ended by signal {-(status or 0)}.", type="killed")
        raise ApplicationError(f"The training failed:\n{tail(log)}", type="training_failed", non_retryable=True)


async def _ends(process: asyncio.subprocess.Process) -> bool:
    try:
        await asyncio.wait_for(process.wait(), _BEAT_SECONDS)
        return True
    except TimeoutError:
        return False


async def _stopped(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
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
