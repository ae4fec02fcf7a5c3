"""What protects a domain's mail, control by control: how many domains meet each, from the staged tables."""

from dataclasses import dataclass

from auditor.report.staging import Staging


@dataclass(frozen=True, slots=True)
class Control:
    """How many domains meet a control; those it does not apply to are in no count."""

    name: str
    passed: int
    partial: int
    failed: int
    unknown: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Passed, partial, failed and unknown."""
        return self.passed, self.partial, self.failed, self.unknown

    @property
    def known_share(self) -> float | None:
        """Of the domains of which it is known, the share (0 to 1) that meets it; nothing where it is known of none."""
        known = self.passed + self.partial + self.failed
        return self.passed / known if known else None


def controls(staging: Staging) -> tuple[Control, ...]:
    """Every control, in the order in which charts show them."""
    return tuple(_control(staging, name, term) for name, term in _TERMS.items())


def _control(staging: Staging, name: str, term: str) -> Control:
    counts = dict(staging.rows(f"SELECT {term}, COUNT(*) FROM domains GROUP BY 1"))  # noqa: S608 - terms of ours
    return Control(name, *(counts.get(share, 0) for share in ("all", "some", "none", "unknown")))


def _case(*whens: tuple[str, str], otherwise: str = "unknown") -> str:
    terms = " ".join(f"WHEN {condition} THEN '{share}'" for condition, share in whens)
    return f"CASE {terms} ELSE '{otherwise}' END"


_BESIDE = "not-applicable"
_NO_DOMAIN = ("mx_status IN ('nxdomain', 'direct')", _BESIDE)
_TAKES_NO_MAIL = ("role IN ('sends', 'parked')", _BESIDE)
_WRONG_HOST = (
    "EXISTS (SELECT 1 FROM mx WHERE mx.target_ = domains.target_ AND mx.status NOT IN"
    " ('ok', 'null', 'servfail', 'timeout', 'refused', 'bogus', 'malformed'))"
)
_UNSIGNED_HOST = "EXISTS (SELECT 1 FROM mx WHERE mx.target_ = domains.target_ AND mx.dnssec = 'insecure')"

_TERMS = {
    # An implicit MX works, but is mostly not meant; nor is a wrong host beside good ones.
    "MX": _case(
        (f"mx_status = 'implicit' OR (mx_status = 'mx' AND {_WRONG_HOST})", "some"),
        ("mx_status IN ('mx', 'null')", "all"),
        ("mx_status IN ('none', 'nxdomain', 'unusable', 'null-with-others')", "none"),
        ("mx_status = 'direct'", _BESIDE),
    ),
    "SMTP": "COALESCE(smtp, 'unknown')",
    "STARTTLS": "COALESCE(starttls, 'unknown')",
    "Certificate": "COALESCE(cert_trust, 'unknown')",
    # A record that ends in ?all, or in nothing, says nothing of most senders.
    "SPF": _case(
        _NO_DOMAIN,
        ("spf = 'valid' AND spf_all IN ('fail', 'softfail')", "all"),
        ("spf = 'valid' AND spf_all IN ('neutral', 'none')", "some"),
        ("spf IN ('valid', 'none', 'permerror')", "none"),
    ),
    "DKIM": _case(
        _NO_DOMAIN,
        ("dkim = 'present'", "all"),
        ("role IN ('receives', 'parked')", _BESIDE),
        ("dkim IN ('absent', 'revoked')", "none"),
    ),
    # Enforced is what asks receivers to act: a policy in effect other than none.
    "DMARC": _case(
        _NO_DOMAIN,
        ("dmarc = 'valid' AND dmarc_policy IN ('quarantine', 'reject')", "all"),
        ("dmarc = 'valid'", "some"),
        ("dmarc IN ('none', 'invalid')", "none"),
    ),
    "MTA-STS": _case(
        _NO_DOMAIN,
        ("mta_sts = 'valid' AND mta_sts_mode = 'enforce'", "all"),
        ("mta_sts = 'valid' AND mta_sts_mode = 'testing'", "some"),
        _TAKES_NO_MAIL,
        ("mta_sts IN ('valid', 'none', 'invalid')", "none"),
    ),
    "TLS-RPT": _case(
        _NO_DOMAIN,
        ("tls_rpt = 'valid'", "all"),
        _TAKES_NO_MAIL,
        ("tls_rpt IN ('none', 'invalid')", "none"),
    ),
    "DANE": _case(
        ("mx_status = 'direct'", _BESIDE),
        ("dane = 'valid'", "all"),
        ("dane = 'partial'", "some"),
        ("dane IN ('absent', 'invalid', 'unusable')", "none"),
        ("dane = 'not-applicable'", _BESIDE),
    ),
    # A domain that is signed, at exchanges that are not, is protected half the way.
    "DNSSEC": _case(
        _NO_DOMAIN,
        (f"dnssec = 'secure' AND {_UNSIGNED_HOST}", "some"),
        ("dnssec = 'secure'", "all"),
        ("dnssec IN ('insecure', 'bogus')", "none"),
    ),
}
"""By control, the term over ``domains`` that is ``all`` where a domain meets it, ``some``, ``none``, and so on."""
