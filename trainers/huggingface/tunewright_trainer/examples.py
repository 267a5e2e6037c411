"""A file of examples as what the trainer learns from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .job import Refused


@dataclass
class Rows:
    """Tokens, in the columns that TRL takes, and what did not fit."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    cut: int = 0
    """Answers, or pairs, that lost their end."""
    dropped: int = 0
    """Those of which nothing is left to learn: what is said before them is too long already, or sets a pair apart too late."""


def answers(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """One for each answer of the assistant that has not weight 0, with its line: what was said before it, and the answer."""
    for number, example in _lines(path):
        messages = [_as_templates_want(message) for message in example["messages"]]
        for i, message in enumerate(example["messages"]):
            if message["role"] != "assistant" or message.get("weight") == 0:
                continue
            yield number, {"prompt": messages[:i], "completion": messages[i], "tools": example.get("tools") or None}


def supervised_rows(path: Path, tokenizer: Any, most: int) -> Rows:
    """Rows of `input_ids` and `completion_mask`. Refuses what the model's chat template cannot say, by its line."""
    found = Rows()
    for number, answer in answers(path):
        say = _speaker(tokenizer, answer["tools"], number)
        before, whole = say(answer["prompt"], True), say([*answer["prompt"], answer["completion"]], False)
        start = _shared(before, whole)
        if start >= most or start == len(whole):
            found.dropped += 1
            continue
        found.cut += len(whole) > most
        ids = whole[:most]
        found.rows.append({"input_ids": ids, "completion_mask": [0] * start + [1] * (len(ids) - start)})
    return found


def pair_rows(path: Path, tokenizer: Any, most: int) -> Rows:
    """Rows of `prompt_ids`, `chosen_ids` and `rejected_ids`, from OpenAI's format. Refuses as `supervised_rows` does."""
    found = Rows()
    for number, pair in _lines(path):
        prompt = [_as_templates_want(message) for message in pair["input"]["messages"]]
        say = _speaker(tokenizer, pair["input"].get("tools") or None, number)
        before = say(prompt, True)
        sides = [say([*prompt, *map(_as_templates_want, pair[side])], False) for side in ("preferred_output", "non_preferred_output")]
        start = min(_shared(before, side) for side in sides)
        if start >= most or any(start == len(side) for side in sides):
            found.dropped += 1
            continue
        chosen, rejected = (side[start:most] for side in sides)
        if chosen == rejected:
            # What sets them apart is cut away, or the template does not say it: its gradient is nought.
            found.dropped += 1
            continue
        found.cut += any(len(side) > most for side in sides)
        found.rows.append({"prompt_ids": before[:start], "chosen_ids": chosen, "rejected_ids": rejected})
    return found


def question_rows(path: Path, tokenizer: Any, most: int) -> Rows:
    """Rows of `prompt`, tokens as JSON, and `item`, the example as JSON, for graders. Refuses as `supervised_rows` does."""
    found = Rows()
    for number, example in _lines(path):
        messages = [_as_templates_want(message) for message in example["messages"]]
        prompt = _speaker(tokenizer, example.get("tools") or None, number)(messages, True)
        if len(prompt) > most:
            found.dropped += 1
            continue
        found.rows.append({"prompt": json.dumps(prompt), "item": json.dumps(example)})
    return found


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, json.loads(line)


def _speaker(tokenizer: Any, tools: list[Any] | None, number: int) -> Callable[[list[dict[str, Any]], bool], list[int]]:
    def say(messages: list[dict[str, Any]], unanswered: bool) -> list[int]:
        try:
            said = tokenizer.apply_chat_template(
                messages, tools=tools, tokenize=True, return_dict=True, add_generation_prompt=unanswered
            )
        except Exception as reason:
            message = f"The model's chat template cannot say the example of line {number}: {reason}"
            raise Refused("template_refuses", message) from reason
        return list(said["input_ids"])

    return say


def _shared(before: list[int], whole: list[int]) -> int:
    """Some templates say the end of a prompt otherwise when an answer follows."""
    return next((i for i, (a, b) in enumerate(zip(before, whole, strict=False)) if a != b), min(len(before), len(whole)))


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
