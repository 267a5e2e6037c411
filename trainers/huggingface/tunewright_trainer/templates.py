"""Templates of graders, filled in as the service does: src/evaluation/templates.ts."""

from __future__ import annotations

import json
import re
from typing import Any

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class AnswerLacks(Exception):
    """An answer without what a template names of it: the answer has failed, not the grader."""


def fill(template: str, item: dict[str, Any], answer: str) -> str:
    """`{{ item.field.inner[0] }}`, `{{ sample.output_text }}` and `{{ sample.output_json.field }}`; what is no text is put in as JSON."""
    return _PLACE.sub(lambda found: _value(_steps(found[1]), item, answer), template)


def _steps(expression: str) -> list[str]:
    return re.sub(r"\[(\d+)\]", r".\1", expression.strip()).split(".")


def _value(steps: list[str], item: dict[str, Any], answer: str) -> str:
    if steps[0] == "item":
        # The service has seen every example before the job was made.
        return _text(_at(item, steps[1:]))
    if steps[:2] == ["sample", "output_text"]:
        return answer
    if steps[:2] != ["sample", "output_json"]:
        raise AnswerLacks(f"An answer has no {'.'.join(steps[1:])} here.")
    try:
        return _text(_at(json.loads(answer), steps[2:]))
    except (ValueError, KeyError) as reason:
        raise AnswerLacks("The answer has no such JSON.") from reason


def _at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            raise KeyError(step)
    if value is None:
        raise KeyError(steps[-1])
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(_numbers(value), separators=(",", ":"), ensure_ascii=False)


def _numbers(value: Any) -> Any:
    """JavaScript writes 1.0 as 1."""
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, dict):
        return {name: _numbers(one) for name, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
