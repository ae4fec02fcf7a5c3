"""What makes checks of TLS in depth fail, and what makes them unknown."""

from dataclasses import replace

from auditor.model.certificate import Certificate, VerifyError
from auditor.model.facts import DomainFacts
from auditor.model.finding import Severity, Verdict
from auditor.model.session import Session
from auditor.model.tls_trial import VERSIONS, TlsOffer, TlsTrial
from tests.checks.builders import DAY, NOW, TIMED_OUT, Spoil, all_of, certificate, on_port, sessions, tls
from tests.checks.case import Case

AES = "TLS_RSA_WITH_AES_128_CBC_SHA"
ANON = "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"
GOOD = {
    **dict.fromkeys((TlsOffer.SSL_3, TlsOffer.TLS_1_0, TlsOffer.TLS_1_1, TlsOffer.STATIC, TlsOffer.WEAK), False),
    TlsOffer.TLS_1_2: True,
    TlsOffer.FINITE_FIELD: True,
}


def tried(offer: TlsOffer | None = None, *, accepted: bool | None = True, **more: object) -> Spoil:
    """Everything was tried with the best result, but for one offer."""
    special = {"cipher": AES, "version": "TLSv1.2", "words": "" if accepted else "time-out", **more}

    def trials_of(session: Session) -> tuple[TlsTrial, ...]:
        leaf = session.tls.leaf if session.tls is not None else ""
        trials = {one: TlsTrial(offer=one, accepted=good, dh_bits=2048) for one, good in GOOD.items()}
        trials[TlsOffer.NO_NAME] = TlsTrial(offer=TlsOffer.NO_NAME, accepted=True, leaf=leaf)
        if offer is not None:
            trials[offer] = TlsTrial(offer=offer, accepted=accepted, **special)  # type: ignore[arg-type]
        return tuple(trials.values())

    def spoil(facts: DomainFacts) -> DomainFacts:
        changed = {one: replace(kept, tls_trials=trials_of(kept)) for one, kept in facts.sessions.items()}
        return replace(facts, sessions=changed, asked=frozenset({"tls-versions"}))

    return spoil


def unseen(offer: TlsOffer) -> Spoil:
    return tried(offer, accepted=None)


def sent(*chain: Certificate) -> Spoil:
    """Every server sends its own certificate, and then these."""

    def spoil(facts: DomainFacts) -> DomainFacts:
        known = {one.sha256: one for one in chain}
        issued = {key: replace(one, issuer="CN=A") for key, one in facts.certificates.items()}
        changed = {
            one: replace(kept, tls=replace(kept.tls, chain=(kept.tls.leaf, *known))) if kept.tls else kept
            for one, kept in facts.sessions.items()
        }
        return replace(facts, sessions=changed, certificates=issued | known)

    return spoil


def authority(name: str, issuer: str) -> Certificate:
    made = replace(certificate(name), subject=f"CN={name}", issuer=f"CN={issuer}", self_issued=name == issuer)
    return replace(made, not_after=NOW + 900 * DAY)


A, B, ROOT = authority("A", "Root"), authority("B", "Root"), authority("Root", "Root")
SHA1 = "sha1WithRSAEncryption"
NOT_KEPT = tls(chain=("of nobody",))

TLS_DEPTH_CASES = (
    Case("TLS010", tried(TlsOffer.TLS_1_1), "accepted: TLSv1.1", unseen(TlsOffer.TLS_1_0)),
    Case(
        "TLS011",
        all_of(tried(TlsOffer.TLS_1_2, accepted=False), tls(version="TLSv1.1")),
        "neither is accepted",
        all_of(unseen(TlsOffer.TLS_1_2), tls(version="TLSv1.1")),
    ),
    Case(
        "TLS012",
        all_of(tried(TlsOffer.TLS_1_3, accepted=False), tls(version="TLSv1.2")),
        "TLS 1.3: time-out",
        all_of(unseen(TlsOffer.TLS_1_3), tls(version="TLSv1.2")),
    ),
    Case("TLS013", tried(TlsOffer.STATIC), f"TLSv1.2 {AES}", unseen(TlsOffer.STATIC)),
    Case("TLS014", tried(TlsOffer.WEAK), f"TLSv1.2 {AES}", unseen(TlsOffer.WEAK)),
    Case("TLS015", tried(TlsOffer.FINITE_FIELD, dh_bits=1024), "1024 bits", unseen(TlsOffer.FINITE_FIELD)),
    Case("TLS016", tried(TlsOffer.NO_NAME, leaf="other"), "SHA-256 other", unseen(TlsOffer.NO_NAME)),
    Case("TLS032", sent(ROOT, A), "then CN=Root, then CN=A", NOT_KEPT),
    Case("TLS033", sent(A, ROOT), "CN=Root", NOT_KEPT),
    Case("TLS034", sent(replace(A, not_after=NOW - DAY)), "CN=A expired 2026-11-23", NOT_KEPT),
    Case("TLS035", tls(webpki="no good"), "no good", tls(webpki=None)),
)

NA, OK, FAIL, UNKNOWN = Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
TRIED = ("TLS010", "TLS011", "TLS012", "TLS013", "TLS014", "TLS015", "TLS016")

TLS_DEPTH_OTHER_WAYS: tuple[tuple[str, Spoil, Verdict], ...] = (
    *((check, lambda facts: facts, NA) for check in TRIED),
    *((check, TIMED_OUT, NA) for check in TRIED),
    *((check, all_of(tried(), TIMED_OUT), UNKNOWN) for check in TRIED),
    *((check, all_of(tried(), sessions(tls_trials=())), UNKNOWN) for check in TRIED),
    *((check, tried(), OK) for check in TRIED),
    ("TLS015", tried(TlsOffer.FINITE_FIELD, accepted=False), NA),
    ("TLS015", tried(TlsOffer.FINITE_FIELD), UNKNOWN),
    ("TLS016", tried(TlsOffer.NO_NAME, accepted=False), FAIL),
    ("TLS016", all_of(tried(), sessions(tls_trials=(TlsTrial(offer=VERSIONS[0], accepted=False),))), NA),
    ("TLS035", tls(verify_errors=(VerifyError(18, 0, "self-signed"),)), NA),
    *((check, sent(A), OK) for check in ("TLS032", "TLS033", "TLS034")),
    ("TLS033", sent(A, B), FAIL),
    ("TLS034", sent(replace(A, key_type="RSA", key_bits=1024)), FAIL),
    ("TLS034", sent(replace(A, signature_algorithm=SHA1)), FAIL),
    ("TLS034", sent(A, replace(ROOT, signature_algorithm=SHA1)), OK),
)

TLS_DEPTH_RAISED = (
    ("TLS010", all_of(on_port(587), tried(TlsOffer.TLS_1_0))),
    ("TLS014", all_of(on_port(587), tried(TlsOffer.WEAK))),
    ("TLS034", all_of(sent(replace(A, not_after=NOW - DAY)), on_port(465))),
)
TLS_DEPTH_SEVERITIES = (
    ("TLS010", tried(TlsOffer.SSL_3), Severity.MEDIUM),
    ("TLS014", tried(TlsOffer.WEAK, cipher=ANON), Severity.INFO),
    ("TLS015", tried(TlsOffer.FINITE_FIELD, dh_bits=512), Severity.MEDIUM),
    ("TLS035", all_of(tls(webpki="no good"), on_port(465)), Severity.MEDIUM),
)
