"""Which addresses may be asked: those of the public Internet, whatever they are written as or hidden in."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

MayReach = Callable[[str], bool]

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class Refused(OSError):
    """An address that must not be asked."""


def is_public(address: str) -> bool:
    """Whether `address`, numeric, is one of the public Internet, and the IPv4 address within it, if there is one."""
    found = ip_address(address.partition("%")[0])
    meant = (_within(found) or found) if isinstance(found, IPv6Address) else found
    return meant.is_global and not meant.is_multicast


def _within(address: IPv6Address) -> IPv4Address | None:
    nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    return address.ipv4_mapped or address.sixtofour or nat64


def guarded(may_reach: MayReach, refused: Callable[[], None]) -> Callable[[Any], socket.socket]:
    """Makes the socket of a connection, once its name has been resolved: nothing can change between the look and the
    connection. Calls `refused`, and raises Refused, where `may_reach` says no."""

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, where = info
        if not may_reach(where[0]):
            refused()
            raise Refused(f"{where[0]} is not public")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return make
