"""Colours and the words that carry one; a colour never stands alone, the word is always there too."""

NAVY, BLUE, RED, ORANGE, OCHRE, GREEN, GREY = "1F3864", "2E75B6", "C00000", "ED7D31", "BF8F00", "548235", "7F7F7F"
GOOD, FAIR, BAD, DIM = "C6E0B4", "FFE699", "F8CBAD", "E7E6E6"

SEVERITY_FILLS = {"critical": RED, "high": "F4B183", "medium": FAIR, "low": "BDD7EE", "info": "EDEDED"}
SEVERITY_BARS = {"critical": RED, "high": ORANGE, "medium": "FFC000", "low": "5B9BD5", "info": "A5A5A5"}
CONTROL_BARS = {"pass": "70AD47", "partial": "FFC000", "fail": RED, "unknown": "BFBFBF"}

_WORDS_BY_FILL = {
    GOOD: ("all", "ok", "trusted", "match", "completed", "mx", "null", "secure", "pass"),
    FAIR: ("some", "implicit", "alias", "cn-only", "deferred", "null-with-others", "oversized"),
    BAD: (
        *("none", "fail", "nxdomain", "unusable", "no-address", "address-literal", "single-label", "non-public"),
        *("rejected", "refused", "closed", "not-smtp", "tls-failed", "not-offered", "failed", "bogus"),
        *("self-signed", "unknown-issuer", "expired", "not-yet-valid", "invalid", "mismatch"),
    ),
    DIM: (
        *("unknown", "servfail", "timeout", "malformed", "connect-timeout", "reply-timeout", "reset", "unreachable"),
        *("skipped", "internal-error", "not-tested", "not-applicable"),
    ),
}
WORD_FILLS = {word: fill for fill, words in _WORDS_BY_FILL.items() for word in words} | SEVERITY_FILLS
_BARS = {GOOD: "70AD47", FAIR: "FFC000", BAD: RED, DIM: "BFBFBF"}


def outcome_bar(outcome: str) -> str:
    """The colour of an outcome's bar."""
    return _BARS[WORD_FILLS.get(outcome, DIM)]
