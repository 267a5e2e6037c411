"""Graders of the service, for rewards: names, fields and scores are those of src/evaluation/graders."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from typing import Any

from .formula import calculate
from .job import Refused
from .similarity import METRICS
from .templates import AnswerLacks, fill

Grade = Callable[[dict[str, Any], str], float]
"""The score of an answer to an item, which is the fields of its example."""

ALLOW_PYTHON = "TUNEWRIGHT_PYTHON_GRADERS"
"""`allow` where this host runs the code of graders, with the rights of the training itself."""

_NUMBERS = re.compile(r"(?<![\w.,])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)")

_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda said, hoped: said == hoped,
    "ne": lambda said, hoped: said != hoped,
    "like": lambda said, hoped: hoped in said,
    "ilike": lambda said, hoped: hoped.lower() in said.lower(),
}


def grader(config: dict[str, Any]) -> Grade:
    """Refuses one that is not known here, or may not run."""
    if config["type"] == "multi":
        return _multi(config)
    return _lenient(_single(config))


def _single(config: dict[str, Any]) -> Grade:
    match config["type"]:
        case "exact_match":
            form = _normalised if config.get("normalise") else str
            return _of_texts({**config, "input": "{{sample.output_text}}"}, lambda said, hoped: form(said) == form(hoped))
        case "string_check":
            return _of_texts(config, _CHECKS[config["operation"]])
        case "text_similarity" if config["evaluation_metric"] in METRICS:
            return _of_texts(config, METRICS[config["evaluation_metric"]])
        case "numeric":
            return _numeric(config)
        case "python":
            return _python(config["source"])
        case kind:
            raise Refused("grader_not_allowed", f"Trainers know no grader of the type {kind} with these settings.")


def _of_texts(config: dict[str, Any], measure: Callable[[str, str], float]) -> Grade:
    said, hoped = config.get("input", "{{sample.output_text}}"), config.get("reference", "{{item.reference}}")
    return lambda item, answer: float(measure(fill(said, item, answer), fill(hoped, item, answer)))


def _numeric(config: dict[str, Any]) -> Grade:
    which = 0 if config.get("which") == "first" else -1
    absolute, relative = config.get("absolute", 0), config.get("relative", 0)

    def near(said: str, hoped: str) -> bool:
        a, b = _number(said, which), _number(hoped, which)
        return a is not None and b is not None and abs(a - b) <= max(absolute, relative * abs(b))

    return _of_texts(config, near)


def _number(text: str, which: int) -> float | None:
    found = _NUMBERS.findall(text)
    value = float(found[which].replace(",", "").replace("−", "-")) if found else math.nan
    return value if math.isfinite(value) else None


def _python(source: str) -> Grade:
    if os.environ.get(ALLOW_PYTHON) != "allow":
        raise Refused("grader_not_allowed", f"This host runs no code of graders: set {ALLOW_PYTHON}=allow, if it can be trusted.")
    scope: dict[str, Any] = {"__name__": "grader"}
    try:
        exec(compile(source, "grader", "exec"), scope)
        grade = scope["grade"]
    except Exception as reason:
        raise Refused("grader_failed", f"The grader's code cannot be loaded: {type(reason).__name__}.") from reason

    def score(item: dict[str, Any], answer: str) -> float:
        try:
            given = float(grade(_sample(answer), item))
        except Exception as reason:
            raise Refused("grader_failed", f"The grader's code has failed: {type(reason).__name__}.") from reason
        if not math.isfinite(given):
            raise Refused("grader_failed", "The grader's code gave no finite number.")
        return given

    return score


def _sample(answer: str) -> dict[str, Any]:
    try:
        return {"output_text": answer, "output_json": json.loads(answer)}
    except ValueError:
        return {"output_text": answer}


def _multi(config: dict[str, Any]) -> Grade:
    parts = {name: _lenient(_single(part)) for name, part in config["graders"].items()}

    def score(item: dict[str, Any], answer: str) -> float:
        try:
            return calculate(config["calculate_output"], {name: grade(item, answer) for name, grade in parts.items()})
        except ValueError as reason:
            raise Refused("grader_failed", str(reason)) from reason

    return score


def _lenient(grade: Grade) -> Grade:
    """Answers that lack what a template names have the least score."""

    def score(item: dict[str, Any], answer: str) -> float:
        try:
            return grade(item, answer)
        except AnswerLacks:
            return 0.0
        except KeyError as reason:
            raise Refused("grader_failed", f"An example lacks the field {reason} that the grader names.") from reason

    return score


def _normalised(text: str) -> str:
    return re.sub(r"\.$", "", text.strip()).rstrip().lower()
