"""For every check what makes it fail, and what makes it unknown; the good facts make it pass."""

from tests.checks.cases_access import ACCESS_CASES
from tests.checks.cases_active import ACTIVE_CASES
from tests.checks.cases_names import NAME_CASES
from tests.checks.cases_nameservers import NAMESERVER_CASES
from tests.checks.cases_route import DNS_CASES, MX_CASES
from tests.checks.cases_senders import SENDER_CASES
from tests.checks.cases_servers import RAISED_SERVERS, SMTP_CASES, TLS_CASES
from tests.checks.cases_tls_depth import TLS_DEPTH_CASES, TLS_DEPTH_RAISED
from tests.checks.cases_together import TOGETHER_CASES
from tests.checks.cases_transport import TRANSPORT_CASES

__all__ = ["CASES", "ELSEWHERE", "RAISED"]

CASES = (
    *(
        *MX_CASES,
        *DNS_CASES,
        *NAMESERVER_CASES,
        *NAME_CASES,
        *SMTP_CASES,
        *TLS_CASES,
        *TLS_DEPTH_CASES,
        *ACCESS_CASES,
        *ACTIVE_CASES,
    ),
    *(*SENDER_CASES, *TRANSPORT_CASES, *TOGETHER_CASES),
)

RAISED = (*RAISED_SERVERS, *TLS_DEPTH_RAISED)

ELSEWHERE = {
    *("TLS010", "TLS011", "TLS012", "TLS013", "TLS014", "TLS015", "TLS016"),
    *("MX008", "MX010", "PARK001", "PARK002", "PARK003", "PARK004"),
    *("CROSS001", "CROSS007", "CROSS009", "CROSS010"),
    *(case.check for case in (*ACCESS_CASES, *ACTIVE_CASES)),
    "SMTP032",
    *("TLS020", "TLS021", "TLS022", "TLS023", "TLS024", "TLS025", "TLS028"),
}
"""What the good facts say nothing of: a domain that takes mail, whose role nobody declared, whose addresses are
those of documentation, and for whose certificates TLSA records vouch; on whose
servers nobody reads mail or logs in."""
