"""Mail servers and nameservers of the lab, one at a time."""

from collections.abc import Callable

import pytest

from auditor.lab.certificates import Authority
from auditor.lab.mail_server import MailServer
from auditor.lab.script import parse_scripts


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def make_server(authority: Authority) -> Callable[..., MailServer]:
    """Makes a server from the body of a script; ``heading`` are further lines of its header."""

    def make(body: str, *, certificate: str = "", heading: str = "") -> MailServer:
        text = f"=== mx.example\naddresses: 192.0.2.1\ncertificate: {certificate}\n{heading}\n{body}"
        (script,) = parse_scripts(text, "inline")
        context = authority.server_context(certificate, script.names, script.tls) if certificate else None
        return MailServer(script, "192.0.2.1", context)

    return make
