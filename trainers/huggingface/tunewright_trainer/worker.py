"""The worker of one host: `tunewright-trainer --storage FOLDER`, or `s3://BUCKET/PREFIX`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from .place import open_place
from .serving import TRANSFORMERS, Serving
from .training import Training
from .workflows import SERVING, TRAINING, Serve, Train


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tunewright-trainer", description=__doc__)
    parser.add_argument("--storage", required=True, help="the connection's: a folder that all share, or s3://BUCKET/PREFIX")
    parser.add_argument("--work", type=Path, help="a folder of this host's own disk: what is used or made here is copied")
    parser.add_argument("--address", help="of Temporal; TEMPORAL_ADDRESS otherwise")
    parser.add_argument("--namespace", help="TEMPORAL_NAMESPACE otherwise")
    parser.add_argument("--task-queue", default="huggingface", help="the connection's taskQueue")
    parser.add_argument("--trainings", type=int, default=1, help="how many at once on this host; 0 for none")
    parser.add_argument("--servings", type=int, default=4, help="how many models are served at once; 0 for none")
    parser.add_argument("--host", default="127.0.0.1", help="under which the service reaches what is served here")
    parser.add_argument("--serve", default=TRANSFORMERS, help="the command that serves {model} at {host} and {port}")
    settings = parser.parse_args()
    if settings.storage.startswith("s3://"):
        settings.work = settings.work or Path.home() / ".cache" / "tunewright-trainer"
    elif not Path(settings.storage).is_dir():
        parser.error(f"{settings.storage} is no folder: mount it first.")
    try:
        with socket.socket() as one:
            one.bind((settings.host, 0))
    except OSError as reason:
        parser.error(f"--host {settings.host} is no address of this machine: {reason}")
    return settings


async def run(settings: argparse.Namespace) -> None:
    # As the service reads them: TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_PROFILE and a file of profiles.
    where = {"target_host": "127.0.0.1:7233", **ClientConfig.load_client_connect_config()}
    asked = {"target_host": settings.address, "namespace": settings.namespace}
    where |= {name: value for name, value in asked.items() if value}
    client = await Client.connect(**where)
    place = open_place(settings.storage, settings.work)
    quick = timedelta(milliseconds=500)
    both = {"graceful_shutdown_timeout": timedelta(0), "max_heartbeat_throttle_interval": quick, "default_heartbeat_throttle_interval": quick}
    workers = [Worker(client, task_queue=settings.task_queue, workflows=[Train, Serve])]
    if settings.trainings:
        train = Training(place).train
        queue = f"{settings.task_queue}-{TRAINING}"
        workers.append(Worker(client, task_queue=queue, activities=[train], max_concurrent_activities=settings.trainings, **both))
    if settings.servings:
        serve = Serving(place, settings.host, settings.serve).serve
        queue = f"{settings.task_queue}-{SERVING}"
        workers.append(Worker(client, task_queue=queue, activities=[serve], max_concurrent_activities=settings.servings, **both))
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    running = [asyncio.create_task(worker.run()) for worker in workers]
    waiting = asyncio.create_task(ended.wait())
    logging.getLogger(__name__).info("polls %s at %s", settings.task_queue, where["target_host"])
    done, _ = await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*(worker.shutdown() for worker in workers))
    waiting.cancel()
    for task in done - {waiting}:
        task.result()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(run(arguments()))


if __name__ == "__main__":
    main()
