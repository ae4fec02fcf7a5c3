"""Policy hosts of MTA-STS that do not serve a policy as they should (RFC 8461 §3.3)."""

from dataclasses import replace

from tests.hostile.scenario import Expected, Scenario

GET = "STARTTLS\nC: GET\n"
HEAD = "S: HTTP/1.1 200 OK\nS: Content-Type: text/plain\n"
BODY = "S: version: STSv1\nS: mode: enforce\nS: mx: mx.{name}.example\nS: max_age: 604800\n"
WHOLE = f"{GET}{HEAD}S: Connection: close\nS:\n{BODY}EOF"
ENFORCED = ("version: STSv1", "mode: enforce", "mx: mx.example")
CHUNKED = f"{GET}{HEAD}S: Transfer-Encoding: chunked\nS:\n"
LF_BODY = "version: STSv1\\nmode: enforce\\nmx: mx.example\\nmax_age: 604800\\n"
MX_LINE = "mx: x.example\\r\\n"
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
    _policy("of-many-mx", f"{GET}{HEAD}S: Connection: close\nS:\n{BODY}RAW: {MX_LINE * 4000}\nEOF", VALID),
    _policy("unknown-mode", _body("version: STSv1", "mode: sometimes", "mx: mx.example", "max_age: 604800"), INVALID),
    _policy("other-version", _body("version: STSv2", "mode: enforce", "mx: mx.example", "max_age: 604800"), INVALID),
    _policy("age-below-zero", _body("version: STSv1", "mode: enforce", "mx: mx.example", "max_age: -1"), INVALID),
    _policy(
        "age-beyond-a-year", _body("version: STSv1", "mode: enforce", "mx: mx.example", "max_age: 31557601"), INVALID
    ),
    _policy("two-modes", _body(*ENFORCED, "mode: none", "max_age: 604800"), VALID),
    _policy("unknown-keys", _body(*ENFORCED, "max_age: 604800", "sts: please"), VALID),
    _policy("no-colon", _body(*ENFORCED, "max_age 604800"), INVALID),
    _policy("line-ends-of-lf", f"{GET}{HEAD}S: Connection: close\nS:\nRAW: {LF_BODY}\nEOF", VALID),
    _policy(
        "line-ends-of-cr",
        f"{GET}{HEAD}S: Connection: close\nS:\nRAW: {LF_BODY.replace(chr(92) + 'n', chr(92) + 'r')}\nEOF",
        INVALID,
    ),
    _policy("byte-order-mark", f"{GET}{HEAD}S: Connection: close\nS:\nRAW: \\xef\\xbb\\xbf{LF_BODY}\nEOF", INVALID),
    _policy(
        "chunked",
        f"{CHUNKED}RAW: {len(LF_BODY) - LF_BODY.count(chr(92)):x}\\r\\n{LF_BODY}\\r\\n0\\r\\n\\r\\n\nEOF",
        VALID,
    ),
    _policy("chunk-cut-off", f"{CHUNKED}RAW: 500\\r\\n{LF_BODY}\nEOF", UNKNOWN),
    _policy("chunk-of-no-number", f"{CHUNKED}RAW: zz\\r\\n{LF_BODY}\nEOF", INVALID),
    _policy("brotli", f"{GET}{HEAD}S: Content-Encoding: br\nS:\n{BODY}EOF", INVALID),
    _policy("identity", f"{GET}{HEAD}S: Content-Encoding: identity\nS: Connection: close\nS:\n{BODY}EOF", VALID),
    _policy(
        "gzip-transfer",
        f"{GET}{HEAD}S: Transfer-Encoding: gzip, chunked\nS:\nRAW: 1\\r\\nx\\r\\n0\\r\\n\\r\\n\nEOF",
        INVALID,
    ),
    _policy("length-below-zero", f"{GET}{HEAD}S: Content-Length: -5\nS:\n{BODY}EOF", INVALID),
    _policy("length-beyond-all", f"{GET}{HEAD}S: Content-Length: {'9' * 30}\nS:\nFLOOD: x: y\\r\\n", INVALID),
    _policy("no-content-type", f"{GET}S: HTTP/1.1 200 OK\nS: Connection: close\nS:\n{BODY}EOF", VALID),
    _policy("head-of-33-kb", f"{GET}S: HTTP/1.1 200 OK\nRAW: X: {'y' * 33_000}\\r\\n\\r\\n\n{BODY}EOF", INVALID),
    _policy("status-of-four-digits", _status(2000), INVALID),
    _policy("status-206", _status(206), INVALID),
    _policy("status-401", _status(401), INVALID),
    _policy("redirect-307", _status(307, "S: Location: http://10.0.0.1/\n"), INVALID),
    _policy("only-1xx", f"{GET}S: HTTP/1.1 100 Continue\nS:\nHANG", UNKNOWN),
    _policy("switching-protocols", f"{GET}S: HTTP/1.1 101 Switching\nS: Upgrade: x\nS:\nHANG", INVALID),
    _policy("closed-at-once", "WAIT: 0.2\nEOF", UNKNOWN),
    _policy("reset-at-once", "RESET", UNKNOWN),
    _policy("closed-inside-at-once", "STARTTLS\nEOF", UNKNOWN),
    _policy("half-a-head", f"{GET}S: HTTP/1.1 200 OK\nRAW: Content-Ty\nEOF", UNKNOWN),
    _policy("tls-alert", "RAW: \\x15\\x03\\x03\\x00\\x02\\x02\\x28\nEOF", INVALID),
    _policy("tls-garbage", "RAW: \\x00\\x01\\x02\\x03\\x04\\x05\nEOF", INVALID),
    replace(
        _policy("tls-flood", "FLOOD: \\x16\\x03\\x03\\x00\\x04\\x00\\x00\\x00\\x00", INVALID),
        octets=2_000_000,  # the bound of a stream that is all handshake, and what was on its way
    ),
    _policy("tls-drip", f"DRIP: 0.4 \\x16\\x03\\x03\\x00\\x30{'x' * 30}", UNKNOWN),
    _policy("http-in-clear", "S: HTTP/1.1 400 Bad Request\nEOF", INVALID),
    _policy("not-yet", WHOLE, INVALID, "future"),
    _policy("unknown-issuer", WHOLE, INVALID, "unknown-issuer"),
    _policy("no-intermediate", WHOLE, INVALID, "incomplete"),
]
