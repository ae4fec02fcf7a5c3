"""What this host is to the Internet: the addresses that its connections come from."""

import socket

# Root servers, by family: what leads to them is the way to the Internet.  Nothing is sent to them.
_FAR_AWAY = {"A": (socket.AF_INET, "198.41.0.4"), "AAAA": (socket.AF_INET6, "2001:503:ba3e::2:30")}
_ANY_PORT = 53


def source_address(family: str, source_ip: str | None = None) -> str:
    """The local address that connections of a family (``A`` or ``AAAA``) leave from; empty where no route is.

    ``source_ip`` is the address that the user chose for the family that it is of.
    """
    kind, far_away = _FAR_AWAY[family]
    if source_ip and (":" in source_ip) == (kind is socket.AF_INET6):
        return source_ip
    with socket.socket(kind, socket.SOCK_DGRAM) as one:
        try:
            one.connect((far_away, _ANY_PORT))  # UDP: the route is chosen, and no packet leaves
        except OSError:
            return ""
        return str(one.getsockname()[0])
