"""What listens where: every address and port of the run that accepted a connection, and whose it is."""

from collections.abc import Iterator
from itertools import chain

from auditor.model.certificate import Certificate
from auditor.model.endpoint import Endpoint
from auditor.model.reverse import ReverseNames
from auditor.model.session import Session, SmtpSession, Stage
from auditor.policy.names import upwards
from auditor.protocol.text import greeting_host
from auditor.report.replay import Recall
from auditor.report.rows import ListenerRow
from auditor.report.staging import Staging
from auditor.report.tables import LISTENERS

_STAGES = list(Stage)
_MOST_NAMES = 200
"""Of a certificate that are looked up in the list."""
_MOST_LINKS = 10_000
"""Of an address, whose domains and exchanges are named; a large provider has more than any cell could show."""
BY_MX = "mx"


def stage_listeners(staging: Staging, recall: Recall) -> None:
    """A row for each place where something listens, from the staged endpoints and links."""
    staging.run("CREATE INDEX domains_by_name ON domains (domain)")
    staging.run("CREATE INDEX links_by_place ON links (address, port, target_, exchange)")
    places = staging.rows("SELECT address, port, GROUP_CONCAT(exchange, ' ') FROM endpoints GROUP BY address, port")
    for address, port, exchanges in places:
        held = (recall.session(Endpoint(exchange, address, port)) for exchange in exchanges.split())
        listening = [session for session in held if session is not None and session.listens]
        if listening:
            told = max(listening, key=lambda session: (session.tls is not None, _STAGES.index(session.stage)))
            staging.add(LISTENERS, _row(address, port, told, staging, recall))
    staging.flush()


def _row(address: str, port: int, session: Session, staging: Staging, recall: Recall) -> ListenerRow:
    links = list(
        staging.rows(
            "SELECT d.domain, d.input, d.mx_status = 'direct', l.exchange FROM links l"
            " JOIN domains d ON d.rowid = l.target_ WHERE l.address = ? AND l.port = ? ORDER BY l.target_ LIMIT ?",
            (address, port, _MOST_LINKS),
        )
    )
    certificate = recall.certificate(session.tls.leaf) if session.tls is not None and session.tls.leaf else None
    reverse = recall.reverse(address)
    domains, matched_by = tuple(dict.fromkeys(domain for domain, _, direct, _ in links if not direct)), BY_MX
    if not domains:
        domains, matched_by = _whose(session, certificate, reverse, staging)
    return ListenerRow(
        address=address,
        port=port,
        session=session,
        certificate=certificate,
        exchanges=tuple(dict.fromkeys(exchange for _, _, direct, exchange in links if not direct)),
        domains=domains,
        matched_by=matched_by if domains else "",
        reverse=reverse,
        entries=tuple(dict.fromkeys(entry for _, entry, direct, _ in links if direct)),
    )


def _whose(
    session: Session, certificate: Certificate | None, reverse: ReverseNames | None, staging: Staging
) -> tuple[tuple[str, ...], str]:
    """The list's domains whose names it bears, and where: what is hardest to claim for somebody else comes first."""
    signs = {
        "certificate": certificate.names[:_MOST_NAMES] if certificate is not None else (),
        "ptr": reverse.confirmed if reverse is not None else (),
        "greeting": tuple(_greets_as(session)),
    }
    for sign, names in signs.items():
        if domains := _listed(names, staging):
            return domains, sign
    return (), ""


def _greets_as(session: Session) -> Iterator[str]:
    if isinstance(session, SmtpSession) and session.greeting is not None:
        yield greeting_host(session.greeting)


def _listed(names: tuple[str, ...], staging: Staging) -> tuple[str, ...]:
    """The list's domains at or above these names."""
    above = dict.fromkeys(chain.from_iterable(upwards(name.lower().removeprefix("*.")) for name in names if name))
    found = (
        domain
        for name in above
        for (domain,) in staging.rows("SELECT domain FROM domains WHERE domain = ? AND mx_status != 'direct'", (name,))
    )
    return tuple(dict.fromkeys(found))
