"""Runs a command that does not outlive the process that started it: `python -m tunewright_trainer.leash PARENT COMMAND...`

It leads a process group. When the parent dies the kernel tells it, and it ends the whole group: what a server has started
holds a GPU too.
"""

import ctypes
import os
import signal
import subprocess
import sys
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1


def follow(parent: int, death: signal.Signals) -> None:
    """The kernel sends this process that signal when its parent dies."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death)
    # It may have died before the kernel was told.
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")


def end_as(status: int) -> NoReturn:
    """As a process that has ended so, for whoever waits for this one; negative for a signal."""
    if status < 0:
        if -status == signal.SIGTERM:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)


def main() -> None:
    def end_all(*_: Any) -> None:
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGUSR1, end_all)
    follow(int(sys.argv[1]), signal.SIGUSR1)
    command = subprocess.Popen(sys.argv[2:], close_fds=False)
    signal.signal(signal.SIGTERM, lambda *_: command.send_signal(signal.SIGTERM))
    end_as(command.wait())


if __name__ == "__main__":
    main()
