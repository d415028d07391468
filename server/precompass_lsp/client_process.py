"""The process that started the server: when it is gone, the server has no reason to stay."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Callable

INTERVAL = 1.0
"""Seconds between two looks, where the system cannot wait for another process."""


def end_with(process_id: int, exit_code: Callable[[], int]) -> None:
    """End this process soon after another one has ended.

    The end of its standard input usually tells the server that its client has died. But the
    pipe stays open if another process has inherited it, or if the client speaks over a
    network. A process that is not there to begin with (a client in another container has
    another numbering) is not waited for.

    Args:
        process_id: of the client, as its ``initialize`` request gives it.
        exit_code: returns the exit code to end with.
    """

    def wait() -> None:
        if not _wait_for(process_id):
            while _is_alive(process_id):
                time.sleep(INTERVAL)
        # Nothing less ends a thread that waits for standard input.
        os._exit(exit_code())

    if process_id > 0 and _is_alive(process_id):
        threading.Thread(target=wait, name="client-process", daemon=True).start()


def _wait_for(process_id: int) -> bool:
    """Wait until a process has ended, without looking now and then; False if that cannot be had.

    Linux has such a wait since 5.3 (``pidfd_open(2)``).
    """
    if sys.platform != "linux":
        return False
    try:
        process = os.pidfd_open(process_id)
    except OSError:
        return False
    try:
        waiting = select.poll()
        waiting.register(process, select.POLLIN)
        waiting.poll()
    finally:
        os.close(process)
    return True


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _WAIT_TIMEOUT = 0x00000102

    def _is_alive(process_id: int) -> bool:
        # os.kill(pid, 0) would send Ctrl+C there.
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_SYNCHRONIZE, False, process_id)
        if not handle:
            return False
        try:
            return bool(kernel.WaitForSingleObject(handle, 0) == _WAIT_TIMEOUT)
        finally:
            kernel.CloseHandle(handle)

else:

    def _is_alive(process_id: int) -> bool:
        try:
            os.kill(process_id, 0)
        except PermissionError:
            return True
        except (ProcessLookupError, OverflowError):
            return False
        return True
