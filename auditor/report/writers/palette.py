"""Colours and the words that carry one; a colour never stands alone, the word is always there too."""

from collections.abc import Mapping

NAVY, BLUE, RED, ORANGE, OCHRE, GREEN, GREY = "1F3864", "2E75B6", "C00000", "ED7D31", "BF8F00", "548235", "7F7F7F"
GOOD, FAIR, BAD, DIM = "C6E0B4", "FFE699", "F8CBAD", "E7E6E6"

SEVERITY_FILLS = {"critical": RED, "high": "F4B183", "medium": FAIR, "low": "BDD7EE", "info": "EDEDED"}
SEVERITY_BARS = {"critical": RED, "high": ORANGE, "medium": "FFC000", "low": "5B9BD5", "info": "A5A5A5"}
CONTROL_BARS = {"pass": "70AD47", "partial": "FFC000", "fail": RED, "unknown": "BFBFBF"}

_WORDS_BY_FILL = {
    GOOD: (
        *("all", "ok", "trusted", "match", "completed", "mx", "null", "secure", "pass"),
        *("valid", "present", "enforce", "quarantine", "reject", "allowed", "answered"),
    ),
    FAIR: (
        *("some", "implicit", "alias", "cn-only", "deferred", "null-with-others", "oversized"),
        *("partial", "revoked", "absent", "insecure", "testing", "neutral"),
    ),
    BAD: (
        *("none", "fail", "nxdomain", "unusable", "no-address", "address-literal", "single-label", "non-public"),
        *("rejected", "refused", "closed", "not-smtp", "tls-failed", "not-offered", "failed", "bogus"),
        *("self-signed", "unknown-issuer", "expired", "not-yet-valid", "invalid", "mismatch"),
        *("permerror", "not-listed"),
    ),
    DIM: (
        *("unknown", "servfail", "timeout", "malformed", "connect-timeout", "reply-timeout", "reset", "unreachable"),
        *("skipped", "internal-error", "not-tested", "not-applicable"),
        *("temperror", "indeterminate", "nodata", "not-asked"),
    ),
}
WORD_FILLS = {word: fill for fill, words in _WORDS_BY_FILL.items() for word in words} | SEVERITY_FILLS
_OPTIONAL = {"none": FAIR}
_FILLS_OF_COLUMN = {
    "endpoints.starttls": {"implicit": GOOD},
    # what becomes of a stranger's mail: that it fails is what the record is for
    "domains.spf_all": {"fail": GOOD, "softfail": GOOD, "none": FAIR, "pass": BAD},
    "domains.dmarc_policy": _OPTIONAL,
    "domains.dmarc_subdomain_policy": _OPTIONAL,
    "domains.dmarc_nonexistent_policy": _OPTIONAL,
    "domains.dmarc_policy_rfc7489": _OPTIONAL,
    "domains.dmarc_subdomain_policy_rfc7489": _OPTIONAL,
    "domains.mta_sts": _OPTIONAL,
    "domains.mta_sts_mode": _OPTIONAL,
    "domains.tls_rpt": _OPTIONAL,
    "domains.bimi": {"none": DIM},
    "records.status": {"nxdomain": DIM},
}
"""Where a word means another thing than elsewhere."""
_BARS = {GOOD: "70AD47", FAIR: "FFC000", BAD: RED, DIM: "BFBFBF"}


def word_fills(column: str) -> Mapping[str, str]:
    """The colours of a column's words; ``column`` such as ``domains.spf``."""
    return WORD_FILLS | _FILLS_OF_COLUMN.get(column, {})


def outcome_bar(outcome: str) -> str:
    """The colour of an outcome's bar."""
    return _BARS[WORD_FILLS.get(outcome, DIM)]
