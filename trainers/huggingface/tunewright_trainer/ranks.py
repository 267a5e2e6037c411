"""One training on several GPUs: this process starts its own command once for each, with the variables that accelerate reads.

It is what `torchrun` does, but for what the worker relies on and torchrun keeps to itself: exit statuses, the descriptor that
tells the progress, and SIGTERM as a request to save.
"""

from __future__ import annotations

import math
import os
import random
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from .leash import end_as, follow

_LEADER = "TUNEWRIGHT_LEADER"
"""The process that has started this one, which it does not outlive."""
_PORTS = range(20_000, 32_000)
_GRACE_SECONDS = 10
"""Once one has failed the others wait for it for ever; what they have to say themselves they say by then."""


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def world() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def spread(processes: int | None, descriptor: int | None = None) -> None:
    """
    Where one process shall train, or this one is among several, it just goes on. Otherwise it starts them, and ends as the first
    of them does. `processes`: as many as there are GPUs when absent. The first one inherits the descriptor.
    """
    leader = os.environ.get(_LEADER)
    if leader is not None:
        follow(int(leader), signal.SIGKILL)
        return
    count = processes or max(1, _gpus())
    if count > 1:
        end_as(_run(count, () if descriptor is None else (descriptor,)))


def agreed(wish: bool) -> bool:
    """Whether any of them wishes it: they have to stop at the same step, and a signal comes to each at another time."""
    if world() == 1:
        return wish
    import torch
    from accelerate import PartialState
    from accelerate.utils import reduce

    flag = torch.tensor(float(wish), device=PartialState().device)
    return bool(reduce(flag, "sum").item())


def together() -> None:
    """Waits until all of them have come here."""
    if world() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def leave() -> None:
    """Before this process ends: with its connections still open PyTorch may abort it."""
    if world() > 1:
        from accelerate import PartialState

        PartialState().destroy_process_group()


def _gpus() -> int:
    import torch

    return torch.cuda.device_count()


def _run(count: int, descriptors: tuple[int, ...]) -> int:
    shared = {
        # More threads than cores are slower by far.
        "OMP_NUM_THREADS": "1",
        **os.environ,
        _LEADER: str(os.getpid()),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
    }
    command = [sys.executable, *sys.orig_argv[1:]]
    ranks = [
        subprocess.Popen(
            command, env={**shared, "RANK": str(i), "LOCAL_RANK": str(i)}, pass_fds=descriptors if i == 0 else ()
        )
        for i in range(count)
    ]

    def pass_on(number: int, *_: Any) -> None:
        for one in ranks:
            one.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    return _end_of(ranks)


def _free_port() -> int:
    """It is used seconds later: none of those that the system gives to whoever connects meanwhile."""
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise OSError("No port is free for the processes of a training to meet.")


def _end_of(ranks: list[subprocess.Popen[bytes]]) -> int:
    """The status of the one that has failed first; 0 where none has."""
    first, until = 0, math.inf
    while any(one.poll() is None for one in ranks):
        if first == 0:
            first = _worst(ranks)
            until = time.monotonic() + _GRACE_SECONDS if first else math.inf
        if time.monotonic() > until:
            for one in ranks:
                one.kill()
        time.sleep(0.1)
    return first or _worst(ranks)


def _worst(ranks: list[subprocess.Popen[bytes]]) -> int:
    """Of those that have failed a signal says more than a status, and a status of ours more than that of a traceback."""
    failed = [one.returncode for one in ranks if one.returncode]
    return min((one for one in failed if one < 0), default=max(failed, default=0))
