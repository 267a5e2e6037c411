"""Merges a checkpoint of LoRA into a whole model: `python -m tunewright_trainer.merge STORAGE MODEL`.

A checkpoint of LoRA holds the adapter alone, which no server loads. It is merged once, when it is first served or tuned on, and
kept beside the job's model.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from .job import Refused, Storage

REFUSED = 77
"""Exit status when trying again does not help; the last line it prints says why."""


def whole_model(storage: Storage, model: str) -> str:
    """Where a model is loaded from, merged before where it has to be."""
    return str(_merge(storage, model)) if storage.is_adapter(model) else storage.model(model)


def _merge(storage: Storage, model: str) -> Path:
    """Of equal content whoever makes it, so that the first one stays."""
    adapter, base, folder = storage.adapter(model)
    if folder.is_dir():
        return folder
    # These take seconds to import.
    from peft import PeftModel
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    source = whole_model(storage, base)
    try:
        loaded = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(source, dtype="float32"), str(adapter))
        saved_as = AutoConfig.from_pretrained(source).dtype
    except (OSError, ValueError) as reason:
        raise Refused("model_not_found", f"The checkpoint {model} cannot be merged: {reason}") from reason
    whole = loaded.merge_and_unload()
    beside = folder.with_name(f"{folder.name}.{os.uname().nodename}-{os.getpid()}.part")
    (whole if saved_as is None else whole.to(saved_as)).save_pretrained(beside)
    AutoTokenizer.from_pretrained(str(adapter)).save_pretrained(beside)
    try:
        beside.rename(folder)
    except OSError:
        # Another host was first.
        shutil.rmtree(beside)
        if not folder.is_dir():
            raise
    return folder


def main() -> None:
    try:
        whole_model(Storage(Path(sys.argv[1])), sys.argv[2])
    except Refused as reason:
        print(reason)
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
