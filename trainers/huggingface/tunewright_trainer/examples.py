"""A file of chat examples as what the trainer learns from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .job import Refused


@dataclass
class Tokens:
    """Rows of `input_ids` and `completion_mask`, as TRL takes them, and what did not fit."""

    rows: list[dict[str, list[int]]] = field(default_factory=list)
    cut: int = 0
    """Answers that lost their end."""
    dropped: int = 0
    """Answers of which nothing is left: what is said before them is too long already."""


def answers(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """One for each answer of the assistant that has not weight 0, with its line: what was said before it, and the answer."""
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            example = json.loads(line)
            messages = [_as_templates_want(message) for message in example["messages"]]
            for i, message in enumerate(example["messages"]):
                if message["role"] != "assistant" or message.get("weight") == 0:
                    continue
                yield number, {"prompt": messages[:i], "completion": messages[i], "tools": example.get("tools") or None}


def tokens(path: Path, tokenizer: Any, most: int) -> Tokens:
    """Refuses what the model's chat template cannot say, by its line."""
    found = Tokens()
    for number, answer in answers(path):
        prompt, completion, tools = answer["prompt"], answer["completion"], answer["tools"]
        try:
            before = _rendered(tokenizer, prompt, tools, add_generation_prompt=True)
            whole = _rendered(tokenizer, [*prompt, completion], tools)
        except Exception as reason:
            message = f"The model's chat template cannot say the example of line {number}: {reason}"
            raise Refused("template_refuses", message) from reason
        # Some templates say the end of a prompt otherwise when an answer follows.
        start = next((i for i, (a, b) in enumerate(zip(before, whole, strict=False)) if a != b), min(len(before), len(whole)))
        if start >= most or start == len(whole):
            found.dropped += 1
            continue
        found.cut += len(whole) > most
        ids = whole[:most]
        found.rows.append({"input_ids": ids, "completion_mask": [0] * start + [1] * (len(ids) - start)})
    return found


def _rendered(tokenizer: Any, messages: list[dict[str, Any]], tools: list[Any] | None, **options: Any) -> list[int]:
    return list(tokenizer.apply_chat_template(messages, tools=tools, tokenize=True, return_dict=True, **options)["input_ids"])


def _as_templates_want(message: dict[str, Any]) -> dict[str, Any]:
    """Chat templates want text, and arguments as objects, where OpenAI's format has parts, `null` and JSON in text."""
    said = {name: value for name, value in message.items() if name != "weight" and value is not None}
    said["content"] = _text(said.get("content"))
    if "tool_calls" in said:
        said["tool_calls"] = [_with_object(call) for call in said["tool_calls"]]
    return said


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def _with_object(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    arguments = function["arguments"]
    return {**call, "function": {**function, "arguments": json.loads(arguments) if isinstance(arguments, str) else arguments}}
