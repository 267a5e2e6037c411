"""What is told of a job while it trains."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


class Events:
    """The job's events as lines of JSON, which the service reads; an event's place in the file is its name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, message: str, level: str = "info", metrics: dict[str, Any] | None = None) -> None:
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "level": level, "message": message, **({"metrics": metrics} if metrics else {})})
        with self._path.open("a") as file:
            file.write(line + "\n")

    def tell(self, kind: str, **facts: Any) -> None:
        """What the training tells of itself, as an event."""
        at = f"{facts.get('step')} of {facts.get('totalSteps')}"
        if kind == "warning":
            self.add(facts["message"], "warn")
        elif kind == "begun":
            self.add(f"Training begins at step {at}.")
        elif kind == "checkpoint":
            self.add(f"Step {at}: a checkpoint is saved.")
        elif kind == "metrics":
            self.add(f"Step {at}.", metrics=facts)
