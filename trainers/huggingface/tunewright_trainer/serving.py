"""The activity that serves a model at an OpenAI-compatible endpoint, which its heartbeat names."""

from __future__ import annotations

import asyncio
import json
import shlex
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from .child import child, meanwhile, tail
from .job import Refused
from .merge import REFUSED
from .place import Place
from .stores import StoreAway

_MOST_STARTS = 3

TRANSFORMERS = f"{shlex.quote(sys.executable)} -m transformers.cli.transformers serve {{model}} --host {{host}} --port {{port}}"
"""`{model}` is a folder or a name on the hub."""


class Serving:
    def __init__(self, place: Place, host: str, command: str) -> None:
        """`host` is how the service reaches this machine."""
        self._place = place
        self._storage = place.storage
        self._host = host
        self._command = command

    @activity.defn(name="huggingFaceServe")
    async def serve(self, deployment: dict[str, Any]) -> None:
        try:
            await meanwhile(lambda: self._place.bring(deployment["model"]), lambda: activity.heartbeat({}))
            await self._merged(deployment["model"])
            source = self._storage.model(deployment["model"])
        except StoreAway as reason:
            raise ApplicationError(str(reason), type="storage_missing") from reason
        except Refused as reason:
            raise ApplicationError(str(reason), type=reason.code, non_retryable=True) from reason
        port = _free_port(self._host)
        url = f"http://{self._host}:{port}/v1"
        words = {"model": source, "host": self._host, "port": str(port)}
        command = [word.format(**words) for word in shlex.split(self._command)]
        with tempfile.TemporaryDirectory(prefix="tunewright-serving-") as folder:
            log = Path(folder) / "server.log"
            async with child(command, log) as process:
                answering = asyncio.create_task(_first_answer(url, source))
                ends = time.monotonic() + deployment["hours"] * 3600
                try:
                    while process.returncode is None:
                        # What stands idle costs money.
                        if time.monotonic() > ends:
                            return
                        activity.heartbeat({"url": url, "model": source, "ready": answering.done()})
                        self._place.used(deployment["model"])
                        await asyncio.sleep(1)
                finally:
                    answering.cancel()
                # One that has never answered will not do so on the next host either.
                hopeless = not answering.done() and activity.info().attempt >= _MOST_STARTS
                message = f"The server of {deployment['model']} has ended:\n{tail(log)}"
                raise ApplicationError(message, type="server_ended", non_retryable=hopeless)

    async def _merged(self, model: str) -> None:
        """A checkpoint of LoRA is merged before it is served, in a process of its own: that takes long, and much memory."""
        if not self._storage.is_adapter(model):
            return
        command = [sys.executable, "-m", "tunewright_trainer.merge", str(self._storage.root), model]
        with tempfile.TemporaryDirectory(prefix="tunewright-merging-") as folder:
            log = Path(folder) / "merge.log"
            async with child(command, log) as process:
                while process.returncode is None:
                    activity.heartbeat({})
                    await asyncio.sleep(1)
            if process.returncode:
                message = f"{model} could not be merged:\n{tail(log)}"
                raise ApplicationError(message, type="merge_failed", non_retryable=process.returncode == REFUSED)


async def _first_answer(url: str, model: str) -> None:
    """Beside the heartbeats: loading a model can take minutes."""
    while not await asyncio.to_thread(_answers, url, model):
        await asyncio.sleep(1)


def _free_port(host: str) -> int:
    with socket.socket() as one:
        one.bind((host, 0))
        return one.getsockname()[1]


def _answers(url: str, model: str) -> bool:
    """The first answer loads the model; later ones take milliseconds."""
    question = {"model": model, "messages": [{"role": "user", "content": "Hello"}], "max_completion_tokens": 1}
    request = urllib.request.Request(
        f"{url}/chat/completions", json.dumps(question).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
