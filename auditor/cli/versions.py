"""What this is, and what it runs on."""

import platform
from importlib.metadata import version

from auditor import __version__
from auditor.checks import RULES_VERSION


def versions() -> str:
    """One line: of the program, its rules, Python, and the libraries that findings depend on."""
    from OpenSSL import SSL

    openssl = SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode().removeprefix("OpenSSL ").split()[0]
    libraries = f"dnspython {version('dnspython')}, OpenSSL {openssl}"
    return f"auditor {__version__} (rules {RULES_VERSION}), Python {platform.python_version()}, {libraries}"
