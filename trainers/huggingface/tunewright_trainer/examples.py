"""A file of chat examples as what the trainer learns from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def answers(path: Path) -> Iterator[dict[str, Any]]:
    """One for each answer of the assistant that has not weight 0: what was said before it, and the answer."""
    with path.open(encoding="utf-8-sig") as file:
        for line in file:
            if not line.strip():
                continue
            example = json.loads(line)
            messages = [{k: v for k, v in message.items() if k != "weight"} for message in example["messages"]]
            for i, message in enumerate(example["messages"]):
                if message["role"] != "assistant" or message.get("weight") == 0:
                    continue
                tools = {"tools": example["tools"]} if example.get("tools") else {}
                yield {"prompt": messages[:i], "completion": [messages[i]], **tools}
