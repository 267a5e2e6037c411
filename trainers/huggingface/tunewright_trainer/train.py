"""Trains one job: `python -m tunewright_trainer.train STORAGE JOB_JSON PROGRESS_FD`. A process of its own, that the worker can end.

It tells how it goes as lines of JSON on a descriptor of its own, since libraries print on stdout. SIGTERM makes it save a
checkpoint and end with `STOPPED`; started again it goes on from the last one.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from . import dpo, ranks, reinforcement, supervised
from .job import Job, Refused, Storage
from .merge import REFUSED, whole_model
from .whole import last_whole, seal, write_json

STOPPED = 75
"""Exit status when it was told to end, its work saved."""
LOCKED = 76
"""Exit status when another process still writes where it would write."""
AWAY = 78
"""Exit status when something that it needs is away, and comes back; it was told what."""

_OBJECTIVES = {"supervised": supervised, "dpo": dpo, "reinforcement": reinforcement}
_LOCK_SECONDS = 60
ENDED = "ended.json"
"""How the job has ended, once its model is kept."""
ONLY_TO_GO_ON = ("optimizer.pt", "optimizer.bin", "scheduler.pt", "scaler.pt", "rng_state*.pth")
"""What of a checkpoint nobody needs once the job has ended: most of its bytes."""
_NETWORK = {"ConnectError", "ConnectTimeout", "ConnectionError", "PoolTimeout", "ReadError", "ReadTimeout", "RemoteProtocolError"}


class Progress(Protocol):
    def tell(self, kind: str, **facts: Any) -> None: ...


class Pipe:
    """Tells the process that started this one."""

    def __init__(self, descriptor: int) -> None:
        self._out = os.fdopen(descriptor, "w", buffering=1)

    def tell(self, kind: str, **facts: Any) -> None:
        self._out.write(json.dumps({"kind": kind, **facts}) + "\n")


class Silent:
    """Of several processes the first one tells."""

    def tell(self, kind: str, **facts: Any) -> None:
        pass


def main() -> None:
    storage, job = Storage(Path(sys.argv[1])), Job.from_json(json.loads(sys.argv[2]))
    descriptor = int(sys.argv[3])
    ranks.spread(job.tuning.processes, descriptor)
    first = ranks.rank() == 0
    progress = Pipe(descriptor) if first else Silent()
    folder = storage.job(job.id)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        if first and not _locked(lock):
            sys.exit(LOCKED)
        try:
            ended = train(storage, job, progress)
        except Refused as reason:
            progress.tell("refused", code=reason.code, message=str(reason))
            sys.exit(REFUSED)
        except Away as reason:
            progress.tell("refused", code="away", message=str(reason))
            sys.exit(AWAY)
    sys.exit(0 if ended else STOPPED)


class Away(Exception):
    """Not there just now."""


def _locked(lock: Any) -> bool:
    """An orphan of a worker that died ends soon; nobody writes beside it."""
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.2)


def train(storage: Storage, job: Job, progress: Progress) -> bool:
    """False when SIGTERM told it to stop on the way. Goes on from the job's last checkpoint, where there is one."""
    # These take seconds to import.
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, TrainerCallback

    ended = _ended(storage, job)
    if ended:
        # The end of it was not heard: nothing is trained twice.
        progress.tell("begun", step=ended["step"], totalSteps=ended["totalSteps"])
        progress.tell("ended", **ended)
        return True
    objective = _OBJECTIVES[job.objective]
    folder, tuning = storage.job(job.id), job.tuning
    checkpoints = folder / "checkpoints"
    source = whole_model(storage, job.model)
    cuda = torch.cuda.is_available()
    bf16 = cuda and torch.cuda.is_bf16_supported()
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        model = AutoModelForCausalLM.from_pretrained(source, dtype=torch.bfloat16 if bf16 and tuning.method == "lora" else torch.float32)
        saved_as = AutoConfig.from_pretrained(source).dtype
    except (OSError, ValueError) as reason:
        if passes(reason):
            raise Away(f"The hub cannot be reached for {job.model}: {reason}") from reason
        raise Refused("model_not_found", f"The model {job.model} cannot be loaded: {reason}") from reason
    if tokenizer.chat_template is None:
        raise Refused("no_chat_template", f"The model {job.model} has no chat template: take one that was made for chat.")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token

    most = min(tuning.max_tokens, getattr(model.config, "max_position_embeddings", tuning.max_tokens))

    def dataset(name: str) -> Dataset:
        found = objective.rows(job, storage.file(name), tokenizer, most)
        if not found.rows:
            raise Refused("examples_too_long", f"No {objective.UNIT} of {name} fits into {most} tokens: raise maxTokens.")
        if found.cut + found.dropped > 0:
            of = f"{len(found.rows) + found.dropped} {objective.UNIT}s of {name}"
            message = f"Of {of} {found.cut} lose their end at {most} tokens, and {found.dropped} are left out."
            progress.tell("warning", message=message)
        return Dataset.from_list(found.rows)

    lora = LoraConfig(r=tuning.lora_rank, lora_alpha=2 * tuning.lora_rank, target_modules="all-linear", task_type="CAUSAL_LM")
    rate = tuning.learning_rate or objective.RATES[tuning.method]
    settings = dict(
        output_dir=str(checkpoints),
        num_train_epochs=job.epochs,
        # What a step learns from does not grow with the GPUs.
        per_device_train_batch_size=math.ceil(job.batch_size / ranks.world()),
        per_device_eval_batch_size=math.ceil(job.batch_size / ranks.world()),
        gradient_accumulation_steps=tuning.gradient_accumulation,
        learning_rate=rate * job.learning_rate_multiplier,
        lr_scheduler_type="linear",
        seed=job.seed,
        data_seed=job.seed,
        bf16=bf16,
        # Several processes without a GPU find each other only so.
        use_cpu=ranks.world() > 1 and not cuda,
        max_length=most,
        # Below 1 they are shares of all steps.
        logging_steps=0.01,
        # A loss that is no number is told, not replaced.
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=1 / tuning.checkpoints if tuning.checkpoints > 1 else 0.5,
        save_total_limit=tuning.keep_checkpoints,
        eval_strategy="epoch" if job.validation_file else "no",
        report_to=[],
        disable_tqdm=True,
    )

    class Telling(TrainerCallback):
        stop = False

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            progress.tell("begun", step=state.global_step, totalSteps=state.max_steps)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if ranks.agreed(self.stop):
                self.stop = True
                control.should_save = True
                control.should_training_stop = True

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            # Each process has written a part of it.
            ranks.together()
            if state.is_world_process_zero:
                seal(checkpoints / f"checkpoint-{state.global_step}")
            progress.tell("checkpoint", step=state.global_step, totalSteps=state.max_steps)

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
            told = {to: float(logs[name]) for name, to in objective.METRICS.items() if name in (logs or {})}
            if not math.isfinite((logs or {}).get("loss", 0)) or any(not math.isfinite(value) for value in told.values()):
                raise Refused("diverged", f"The loss at step {state.global_step} is no number: lower the learning rate.")
            if told:
                progress.tell("metrics", step=state.global_step, totalSteps=state.max_steps, **told)

    telling = Telling()

    def stop(*_: Any) -> None:
        telling.stop = True

    signal.signal(signal.SIGTERM, stop)
    trainer = objective.trainer(
        job,
        source,
        settings,
        model=model,
        train_dataset=dataset(job.training_file),
        eval_dataset=dataset(job.validation_file) if job.validation_file else None,
        processing_class=tokenizer,
        peft_config=lora if tuning.method == "lora" else None,
        callbacks=[telling],
    )
    last = last_whole(checkpoints)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    ranks.leave()
    if telling.stop and trainer.state.global_step < trainer.state.max_steps:
        return False
    if ranks.rank() > 0:
        return True

    whole = trainer.model.merge_and_unload() if tuning.method == "lora" else trainer.model
    if saved_as is not None:
        # Trained in more digits than the base has, it would be served at twice its size.
        whole = whole.to(saved_as)

    def save(to: Path) -> None:
        whole.save_pretrained(to)
        tokenizer.save_pretrained(to)

    storage.keep(job.id, save)
    trained = objective.trained_tokens(job, trainer)
    ended = {"step": trainer.state.global_step, "totalSteps": trainer.state.max_steps, "trainedTokens": trained}
    write_json(folder / ENDED, ended)
    progress.tell("ended", **ended)
    return True


def passes(reason: BaseException) -> bool:
    """Whether the network, or the hub itself, is the reason: nothing of that is told by one class of errors."""
    seen: BaseException | None = reason
    while seen is not None:
        kind = type(seen).__name__
        if kind == "OfflineModeIsEnabled":
            return False
        status = getattr(getattr(seen, "response", None), "status_code", 0)
        if status == 429 or status >= 500 or kind in _NETWORK:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def _ended(storage: Storage, job: Job) -> dict[str, int] | None:
    """How the job has ended, where its model is kept."""
    path = storage.job(job.id) / ENDED
    return json.loads(path.read_text()) if path.is_file() and storage.has_model(job.id) else None


def lighten(storage: Storage, job: Job) -> None:
    """Of a job that has ended: its last checkpoints are models that a run may choose, and nothing goes on from them."""
    if not _ended(storage, job):
        return
    for checkpoint in (storage.job(job.id) / "checkpoints").glob("checkpoint-*"):
        for pattern in ONLY_TO_GO_ON:
            for path in checkpoint.glob(pattern):
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
