"""Jobs and deployments as Temporal knows them: each is one workflow, found by its name, and started once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

TRAINING = "training"
SERVING = "serving"
"""Task queues: what the service names, and one of these behind it."""

_AGAIN = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=5)
)


@workflow.defn(name="huggingFaceTrain")
class Train:
    """Trains on whichever host is free; where that one dies, another goes on from the last checkpoint."""

    @workflow.run
    async def run(self, job: dict[str, Any]) -> dict[str, Any]:
        try:
            return await workflow.execute_activity(
                "huggingFaceTrain",
                job,
                task_queue=job["taskQueue"],
                start_to_close_timeout=timedelta(days=30),
                heartbeat_timeout=timedelta(seconds=job["heartbeatSeconds"]),
                retry_policy=_AGAIN,
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=f"Train {job['model']}",
            )
        except ActivityError:
            # A host that dies while it is told to end has not failed: that is why it ends.
            if workflow.cancellation_reason() is not None:
                raise asyncio.CancelledError from None
            raise


@workflow.defn(name="huggingFaceServe")
class Serve:
    """Serves one model until it is cancelled, or its time is over."""

    @workflow.run
    async def run(self, deployment: dict[str, Any]) -> None:
        await workflow.execute_activity(
            "huggingFaceServe",
            deployment,
            task_queue=deployment["taskQueue"],
            # The activity ends by itself after that time; waiting for a host does not count.
            start_to_close_timeout=timedelta(hours=deployment["hours"] + 1),
            heartbeat_timeout=timedelta(seconds=deployment["heartbeatSeconds"]),
            retry_policy=_AGAIN,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"Serve {deployment['model']}",
        )
