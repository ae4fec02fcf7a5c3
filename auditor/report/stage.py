"""Fills staging from a recorded run, in three passes: targets, endpoints, certificates."""

from collections.abc import Iterable
from datetime import datetime

from auditor.model.certificate import CertTrust
from auditor.model.dane import DaneStatus
from auditor.model.endpoint import Endpoint
from auditor.model.session import Session
from auditor.policy.dane_effect import chain_of, endpoint_dane
from auditor.report.listeners import stage_listeners
from auditor.report.replay import Recall
from auditor.report.rows import CertificateRow, EndpointRow
from auditor.report.sources import RecordedRun
from auditor.report.staging import Staging, order_terms
from auditor.report.tables import CERTIFICATES, ENDPOINTS, FINDINGS, TABLES
from auditor.report.tables.staged import COVERAGE, DETAILS, LINKS, READING_ORDER, SPOKEN
from auditor.report.target_rows import TargetRows

STAGED = (*TABLES, LINKS, DETAILS, COVERAGE, SPOKEN)

_BEST_FIRST = (
    CertTrust.TRUSTED,
    CertTrust.NOT_TESTED,
    CertTrust.UNKNOWN_ISSUER,
    CertTrust.SELF_SIGNED,
    CertTrust.NOT_YET_VALID,
    CertTrust.EXPIRED,
    CertTrust.INVALID,
)


def stage(run: RecordedRun, judged: Iterable[TargetRows], staging: Staging) -> None:
    """Stages all rows of all tables: those of each target of the run, and then what they come to together."""
    silent = target = 0
    for one in judged:
        if not one.rows:
            silent += 1
            continue
        target += 1
        for table, row in one.rows:
            staging.add_row(table, row, target=target)
    recall = Recall(run)
    staging.flush()
    staging.run(f"CREATE TABLE silent AS SELECT {silent} AS addresses")
    staging.run("CREATE INDEX links_by_endpoint ON links (exchange, address, port, target_)")
    _stage_endpoints(staging, run, recall)
    staging.run("CREATE INDEX endpoints_by_leaf ON endpoints (cert_sha256, exchange, address, port)")
    _stage_certificates(staging, recall)
    stage_listeners(staging, recall)
    staging.run("CREATE INDEX mx_by_target ON mx (target_)")


def number_findings(staging: Staging) -> None:
    """Stages where the first finding of each target stands among all in reading order, from 1: for who asks."""
    order = order_terms(FINDINGS, READING_ORDER)
    numbered = f"SELECT target_, ROW_NUMBER() OVER (ORDER BY {order}) AS number FROM findings"  # noqa: S608 - of ours
    staging.run("CREATE TABLE IF NOT EXISTS first_findings (target_ INTEGER PRIMARY KEY, number INTEGER)")
    staging.run(f"REPLACE INTO first_findings SELECT target_, MIN(number) FROM ({numbered}) GROUP BY target_")  # noqa: S608 - the same


def _stage_endpoints(staging: Staging, run: RecordedRun, recall: Recall) -> None:
    counted = staging.rows(
        "SELECT exchange, address, port, COUNT(DISTINCT target_) FROM links GROUP BY exchange, address, port"
    )
    for exchange, address, port, domains in counted:
        endpoint = Endpoint(exchange, address, port)
        session = recall.session(endpoint)
        tls = None if session is None else session.tls
        judged_at = run.judged_at(None if session is None else session.started_at)
        row = EndpointRow(
            endpoint=endpoint,
            session=session,
            certificate=recall.certificate(tls.leaf) if tls is not None and tls.leaf else None,
            domains=domains,
            judged_at=judged_at,
            reverse=recall.reverse(address),
            dane=_dane(endpoint, session, recall, judged_at),
        )
        staging.add(ENDPOINTS, row)
        staging.add(SPOKEN, row)
    staging.flush()


def _dane(endpoint: Endpoint, session: Session | None, recall: Recall, at: datetime) -> DaneStatus | None:
    tlsa = recall.tlsa(endpoint.exchange, endpoint.port)
    if tlsa is None:
        return None
    kept = recall.certificates(session) if session is not None else {}
    return endpoint_dane(tlsa, session, chain_of(session, kept), at, ())[0]


def _stage_certificates(staging: Staging, recall: Recall) -> None:
    _stage_keys(staging, recall)
    counted = staging.rows(
        "SELECT e.cert_sha256, GROUP_CONCAT(DISTINCT e.cert_trust), COUNT(DISTINCT e.rowid), COUNT(DISTINCT l.target_)"
        " FROM endpoints e JOIN links l USING (exchange, address, port)"
        " WHERE e.cert_sha256 IS NOT NULL GROUP BY e.cert_sha256"
    )
    for sha256, verdicts, endpoints, domains in counted:
        row = CertificateRow(
            sha256=sha256,
            certificate=recall.certificate(sha256),
            trust=max(map(CertTrust, verdicts.split(",")), key=_BEST_FIRST.index),
            endpoints=endpoints,
            domains=domains,
            same_key=tuple(other for (other,) in staging.rows(_SAME_KEY, (sha256, sha256))),
        )
        staging.add(CERTIFICATES, row)
    staging.flush()


_SAME_KEY = (
    "SELECT sha256 FROM keys WHERE spki = (SELECT spki FROM keys WHERE sha256 = ?) AND sha256 != ? ORDER BY sha256"
)


def _stage_keys(staging: Staging, recall: Recall) -> None:
    """Which certificate is for which key, where that could be read."""
    staging.run("CREATE TABLE keys (sha256 TEXT PRIMARY KEY, spki TEXT NOT NULL) WITHOUT ROWID")
    for (sha256,) in staging.rows("SELECT DISTINCT cert_sha256 FROM endpoints WHERE cert_sha256 IS NOT NULL"):
        certificate = recall.certificate(sha256)
        if certificate is not None and certificate.spki_sha256:
            staging.run("INSERT INTO keys VALUES (?, ?)", (sha256, certificate.spki_sha256))
    staging.run("CREATE INDEX keys_by_key ON keys (spki)")
