"""What this host calls itself."""

import socket


def own_name() -> str:
    """This host's full name in lower case; empty where it has none with a dot."""
    name = socket.getfqdn().lower().removesuffix(".")
    return name if "." in name and not name.endswith((".localdomain", ".arpa")) else ""
