"""Policy hosts of MTA-STS that do not serve a policy as they should (RFC 8461 §3.3)."""

from tests.hostile.scenario import Expected, Scenario

GET = "STARTTLS\nC: GET\n"
HEAD = "S: HTTP/1.1 200 OK\nS: Content-Type: text/plain\n"
BODY = "S: version: STSv1\nS: mode: enforce\nS: mx: mx.{name}.example\nS: max_age: 604800\n"
WHOLE = f"{GET}{HEAD}S: Connection: close\nS:\n{BODY}EOF"
ENFORCED = ("version: STSv1", "mode: enforce", "mx: mx.example")
CHUNKED = f"{GET}{HEAD}S: Transfer-Encoding: chunked\nS:\n"
INVALID: Expected = {"mta_sts": "invalid"}
UNKNOWN: Expected = {"mta_sts": "unknown"}
VALID: Expected = {"mta_sts": "valid", "mta_sts_mode": "enforce"}


def _policy(name: str, script: str, domain: Expected, certificate: str = "good", connect: str = "accept") -> Scenario:
    return Scenario(
        name=f"sts-{name}",
        fault="policy",
        policy=script.replace("{name}", f"sts-{name}"),
        policy_certificate=certificate,
        policy_connect=connect,
        domain=domain,
        endpoint={"outcome": "completed"},
    )


def _status(code: int, more: str = "") -> str:
    return f"{GET}S: HTTP/1.1 {code} Whatever\n{more}S: Content-Length: 0\nS:\nEOF"


def _body(*lines: str) -> str:
    return f"{GET}{HEAD}S: Connection: close\nS:\n" + "".join(f"S: {line}\n" for line in lines) + "EOF"


POLICIES = [
    _policy("whole", WHOLE, VALID),
    _policy("of-64-kb", f"{GET}{HEAD}S: Connection: close\nS:\n{BODY}RAW: {'x: y' + 'y' * 64_000}\\r\\n\nEOF", VALID),
    _policy(
        "beyond-64-kb", f"{GET}{HEAD}S: Connection: close\nS:\n{BODY}RAW: {'x: ' + 'y' * 66_000}\\r\\n\nEOF", INVALID
    ),
    _policy("endless-body", f"{GET}{HEAD}S:\n{BODY}FLOOD: x: y\\r\\n", INVALID),
    _policy("endless-head", f"{GET}S: HTTP/1.1 200 OK\nFLOOD: X-More: y\\r\\n", INVALID),
    _policy("one-endless-field", f"{GET}S: HTTP/1.1 200 OK\nFLOOD: y", INVALID),
    _policy("flood-of-1xx", f"{GET}FLOOD: HTTP/1.1 100 Continue\\r\\n\\r\\n", INVALID),
    _policy("a-1xx-before", f"{GET}S: HTTP/1.1 103 Early Hints\nS:\n" + WHOLE.removeprefix(GET), VALID),
    _policy("many-small-chunks", f"{CHUNKED}FLOOD: 1\\r\\nx\\r\\n", INVALID),
    _policy("huge-chunk", f"{CHUNKED}RAW: ffffffffffffffff\\r\\n\nFLOOD: x", INVALID),
    _policy("negative-chunk", f"{CHUNKED}RAW: -1\\r\\nx\\r\\n\nEOF", INVALID),
    _policy("long-chunk-extension", f"{CHUNKED}RAW: 1;\nFLOOD: x", INVALID),
    _policy("endless-trailers", f"{CHUNKED}RAW: 0\\r\\n\nFLOOD: X: y\\r\\n", INVALID),
    _policy("redirect-301", _status(301, "S: Location: https://elsewhere.example/\n"), INVALID),
    _policy("redirect-302", _status(302, "S: Location: https://127.0.0.1/\n"), INVALID),
    _policy("redirect-308", _status(308, "S: Location: /.well-known/mta-sts.txt\n"), INVALID),
    _policy("status-204", _status(204), INVALID),
    _policy("status-404", _status(404), INVALID),
    _policy("status-500", _status(500), INVALID),
    _policy("status-999", _status(999), INVALID),
    _policy("html", f"{GET}S: HTTP/1.1 200 OK\nS: Content-Type: text/html\nS:\n{BODY}EOF", VALID),
    _policy("gzip", f"{GET}{HEAD}S: Content-Encoding: gzip\nS:\nRAW: \\x1f\\x8b\\x08\\x00\nEOF", INVALID),
    _policy("smtp-instead", "S: 220 mx ESMTP\nHANG", INVALID),
    _policy("smtp-inside", f"{GET}S: 220 mx ESMTP\nEOF", INVALID),
    _policy("http-0-9", f"{GET}{BODY}EOF", INVALID),
    _policy("nul-in-head", f"{GET}S: HTTP/1.1 200 OK\nRAW: X: \\x00\\r\\n\\r\\n\n{BODY}EOF", INVALID),
    _policy("obsolete-folding", f"{GET}{HEAD}RAW: X: y\\r\\n z\\r\\n\nS: Connection: close\nS:\n{BODY}EOF", VALID),
    _policy("two-lengths", f"{GET}{HEAD}S: Content-Length: 5\nS: Content-Length: 9\nS:\n{BODY}EOF", INVALID),
    _policy("cut-off", f"{GET}{HEAD}S: Content-Length: 900\nS:\n{BODY}EOF", UNKNOWN),
    _policy("cut-without-alert", f"{GET}{HEAD}S: Content-Length: 900\nS:\n{BODY}CUT", UNKNOWN),
    _policy("reset", f"{GET}{HEAD}RESET", UNKNOWN),
    _policy("silence", f"{GET}HANG", UNKNOWN),
    _policy("silence-before-tls", "HANG", UNKNOWN),
    _policy("drip", f"{GET}DRIP: 0.2 HTTP/1.1 200 OK and so on for ever", UNKNOWN),
    _policy("drip-of-body", f"{GET}{HEAD}S:\nDRIP: 0.2 version: STSv1 and so on for ever", UNKNOWN),
    _policy("refused", "", INVALID, connect="refuse"),
    _policy("blackhole", "", UNKNOWN, connect="blackhole"),
    _policy("expired", WHOLE, INVALID, "expired"),
    _policy("self-signed", WHOLE, INVALID, "self-signed"),
    _policy("wrong-name", WHOLE, INVALID, "wrong-name"),
    _policy("common-name", WHOLE, INVALID, "cn-only"),
    _policy("no-version", _body("mode: enforce", "mx: mx.example", "max_age: 604800"), INVALID),
    _policy("no-mode", _body("version: STSv1", "mx: mx.example", "max_age: 604800"), INVALID),
    _policy("no-mx", _body("version: STSv1", "mode: enforce", "max_age: 604800"), INVALID),
    _policy("no-age", _body("version: STSv1", "mode: enforce", "mx: mx.example"), INVALID),
    _policy(
        "endless-age", _body("version: STSv1", "mode: enforce", "mx: mx.example", f"max_age: {'9' * 5000}"), INVALID
    ),
    _policy(
        "other-mx", _body("version: STSv1", "mode: enforce", "mx: mx.example", "max_age: 604800"), {"mta_sts": "valid"}
    ),
    _policy("empty", f"{GET}{HEAD}S: Content-Length: 0\nS:\nEOF", INVALID),
    _policy("of-octets", f"{GET}{HEAD}S:\nRAW: \\x00\\xff\\xfe\\x1b[2J\nEOF", INVALID),
]
