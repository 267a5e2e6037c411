"""Files and folders that are there as a whole: where a machine was lost while it wrote or copied one, it does not count."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

WHOLE = "whole.json"
"""What belongs to its folder, written last. By name `{"bytes": …}`, and `"sha256"` of what was copied to a storage."""


def write_json(path: Path, value: object) -> None:
    """All of it, or nothing."""
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(value))
    beside.replace(path)


def seal(folder: Path) -> None:
    write_json(folder / WHOLE, {name: {"bytes": size} for name, size in _sizes(folder).items()})


def sealed(folder: Path) -> dict[str, dict[str, Any]]:
    return json.loads((folder / WHOLE).read_text())


def last_whole(checkpoints: Path) -> Path | None:
    """The newest checkpoint of which everything is there."""
    return next((folder for _, folder in sorted(steps(checkpoints).items(), reverse=True) if _is_whole(folder)), None)


def steps(checkpoints: Path) -> dict[int, Path]:
    """Checkpoints by their step."""
    return {step_of(path): path for path in checkpoints.glob("checkpoint-*") if re.fullmatch(r"checkpoint-\d+", path.name)}


def step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def hold(folder: Path, to: Path) -> bool:
    """As it is now, whatever its owner then removes: by links, which cost no room. False where it is gone already."""
    beside = to.with_name(f"{to.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        for path in (*files_of(folder).values(), folder / WHOLE):
            (beside / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, beside / path.relative_to(folder))
    except FileNotFoundError:
        return False
    beside.rename(to)
    return True


def files_of(folder: Path) -> dict[str, Path]:
    """By name below it, but for the seal."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path for name, path in found.items() if name != WHOLE}


def _is_whole(folder: Path) -> bool:
    try:
        return {name: about["bytes"] for name, about in sealed(folder).items()} == _sizes(folder)
    except (OSError, ValueError):
        return False


def _sizes(folder: Path) -> dict[str, int]:
    return {name: path.stat().st_size for name, path in files_of(folder).items()}
