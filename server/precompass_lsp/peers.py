"""Who is at the other end of a connection over TCP: the same user, or another one."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def is_another_user(peer: tuple[str, int], own: tuple[str, int]) -> bool:
    """Tell whether a process of another user has made a connection to this machine.

    Linux says whose each socket is (proc_pid_net(5), ``/proc/net/tcp``); elsewhere, and for a
    connection from another machine, nothing is known, and the answer is False.

    Args:
        peer: address and port of the other end.
        own: address and port of this end.
    """
    if sys.platform != "linux":
        return False
    owner = next((uid for table in _TABLES for uid in _owners(_lines(table), peer, own)), None)
    return owner is not None and owner != os.getuid()


def _lines(table: str) -> list[str]:
    try:
        return Path(table).read_text(encoding="ascii").splitlines()[1:]
    except (OSError, ValueError):
        return []


def _owners(lines: Iterable[str], peer: tuple[str, int], own: tuple[str, int]) -> Iterable[int]:
    """Yield the user ids of the sockets in a table that connect *peer* to *own*."""
    wanted = [_address(*peer), _address(*own)]
    for line in lines:
        columns = line.split()
        if len(columns) > 7 and columns[1:3] == wanted:
            yield int(columns[7])


def _address(host: str, port: int) -> str:
    """Return an address in the format of the table: words of 32 bits in the machine's order."""
    packed = ip_address(host).packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
