"""Who is at the other end of a connection: the same user, or another one."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTEN = "0A"
_UCRED = struct.Struct("3i")
"""The ids of a process, of its user and of its group."""


def is_another_user(peer: tuple[str, int], own: tuple[str, int]) -> bool:
    """Tell whether a process of another user has made a connection to this machine.

    Linux says whose each socket is (proc_pid_net(5), ``/proc/net/tcp``). A connection that its
    process has ended already is nobody's; whoever made it could be anybody, so it counts as another
    user's. Elsewhere, and for a connection from another machine, nothing is known, and the answer
    is False.

    Args:
        peer: address and port of the other end.
        own: address and port of this end.
    """
    if sys.platform != "linux":
        return False
    rows = [columns for table in _TABLES for columns in _rows(table)]
    wanted = [_address(*peer), _address(*own)]
    for columns in rows:
        if columns[1:3] == wanted and columns[9] != "0":  # an open file of some process
            return int(columns[7]) != os.getuid()
    return _is_within_this_machine(peer, own) and any(map(_listens_at(own[1]), rows))


def is_another_users_socket(connection: socket.socket) -> bool:
    """Tell whether a process of another user listens at a Unix socket (unix(7), SO_PEERCRED)."""
    if sys.platform != "linux":
        return False
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    return bool(_UCRED.unpack(credentials)[1] != os.getuid())


def _rows(table: str) -> Iterator[list[str]]:
    try:
        lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
    except (OSError, ValueError):
        return
    yield from (columns for line in lines if len(columns := line.split()) > 9)


def _listens_at(port: int) -> Callable[[list[str]], bool]:
    """Return what tells whether a row is of our own listening socket: then the table is whole."""
    return lambda columns: columns[3] == _LISTEN and columns[1].endswith(f":{port:04X}")


def _is_within_this_machine(peer: tuple[str, int], own: tuple[str, int]) -> bool:
    return peer[0] == own[0] or ip_address(own[0]).is_loopback or ip_address(peer[0]).is_loopback


def _address(host: str, port: int) -> str:
    """Return an address in the format of the table: words of 32 bits in the machine's order."""
    packed = ip_address(host).packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
