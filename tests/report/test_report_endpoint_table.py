"""Rows of ``endpoints`` by literal facts."""

from datetime import timedelta
from typing import Any

import pytest

from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, Stage
from auditor.protocol.replies import Reply
from auditor.report.rows import EndpointRow
from auditor.report.tables import ENDPOINTS
from tests.report.literal import Cells, cells

ENDPOINT = Endpoint("mx.example", "192.0.2.1", 25)


def endpoint_cells(make: Any, session: Any, certificate: Any = None, endpoint: Endpoint = ENDPOINT) -> Cells:
    row = EndpointRow(endpoint=endpoint, session=session, certificate=certificate, domains=3, judged_at=make.STARTED)
    return cells(ENDPOINTS, row)


def test_endpoint_row(make: Any) -> None:
    certificate = make.certificate("mx.example", days=12)
    session = make.session(ENDPOINT, certificate, deviations=("bare-lf", "non-ascii"))
    assert endpoint_cells(make, session, certificate) == {
        "exchange": "mx.example",
        "address": "192.0.2.1",
        "port": 25,
        "service": "smtp",
        "outcome": "completed",
        "stage": "done",
        "domains": 3,
        "greeting": "mx.example ESMTP Postfix",
        "greeting_code": 220,
        "greeting_host": "mx.example",
        "hello": "ehlo",
        "keywords": "PIPELINING|SIZE 10240000|STARTTLS|8BITMIME",
        "keywords_tls": "PIPELINING|SIZE 10240000|8BITMIME",
        "size_limit_octets": 10240000,
        "starttls": "ok",
        "plaintext_after_starttls": False,
        "tls_version": "TLSv1.3",
        "tls_cipher": "TLS_AES_256_GCM_SHA384",
        "cert_sha256": certificate.sha256,
        "cert_trust": "trusted",
        "cert_name": "match",
        "cert_not_after": "2026-09-15T02:00:00Z",
        "cert_days_left": 12,
        "connect_ms": 12.3,
        "greeting_ms": 20.1,
        "ehlo_ms": 11.0,
        "tls_ms": 30.5,
        "total_ms": 80.0,
        "attempts": 1,
        "deviations": "bare-lf|non-ascii",
        "clear_text_login": False,
    }


def test_an_endpoint_without_conversation_shows_where_it_is(make: Any) -> None:
    assert endpoint_cells(make, None, endpoint=Endpoint("mx.example", "2001:db8::1", 587)) == {
        "exchange": "mx.example",
        "address": "2001:db8::1",
        "port": 587,
        "service": "submission",
        "domains": 3,
    }


def test_a_failed_conversation_keeps_what_it_saw(make: Any) -> None:
    failed = {**make.SILENT, "outcome": Outcome.REPLY_TIMEOUT, "stage": Stage.EHLO, "blame": Blame.THEIRS}
    other = Endpoint("mx2.example", "192.0.2.1", 25)
    greeting = Reply(220, ("=cmd\x07", "second"))
    row = endpoint_cells(
        make, make.session(ENDPOINT, **{**failed, "greeting": greeting, "error": "15 s", "shared_from": other})
    )
    assert {
        name: row.get(name) for name in ("greeting", "greeting_host", "hello", "blame", "error", "shared_from")
    } == {
        "greeting": "=cmd\\x07\\x0asecond",
        "greeting_host": None,
        "hello": None,
        "blame": "theirs",
        "error": "15 s",
        "shared_from": "mx2.example/192.0.2.1:25",
    }
    assert (row["starttls"], row["cert_trust"], row["cert_name"]) == ("not-tested", "not-tested", "not-tested")
    assert not {"keywords", "keywords_tls", "tls_version", "cert_sha256", "plaintext_after_starttls"} & set(row)


@pytest.mark.parametrize(
    ("ehlo", "helo", "hello"),
    [
        (Reply(250, ("mx",)), None, "ehlo"),
        (Reply(502, ("no",)), Reply(250, ("mx",)), "helo"),
        (Reply(502, ("no",)), Reply(502, ("no",)), "none"),
        (Reply(421, ("busy",)), None, "none"),
    ],
)
def test_hello(make: Any, ehlo: Reply, helo: Reply | None, hello: str) -> None:
    assert endpoint_cells(make, make.session(ENDPOINT, ehlo=ehlo, helo=helo))["hello"] == hello


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (("mx", "SIZE 35882577"), 35882577),
        (("mx", "SIZE 0"), 0),
        (("mx", "size 5"), 5),
        (("mx", "SIZE"), None),
        (("mx", "SIZE -1"), None),
        (("mx", "SIZE ٣"), None),
        (("mx", "SIZE " + "9" * 20), None),
        (("mx", "SIZE " + "9" * 4000), None),
        (("mx", "PIPELINING"), None),
    ],
)
def test_size_limits(make: Any, lines: tuple[str, ...], size: int | None) -> None:
    assert endpoint_cells(make, make.session(ENDPOINT, ehlo=Reply(250, lines))).get("size_limit_octets") == size


def test_a_certificate_is_judged_for_the_endpoints_own_exchange(make: Any) -> None:
    certificate = make.certificate("mx2.example", days=-3)
    row = endpoint_cells(make, make.session(ENDPOINT, certificate), certificate)
    assert (row["cert_name"], row["cert_days_left"]) == ("mismatch", -3)
    undated = make.certificate("mx.example", not_after=None)
    row = endpoint_cells(make, make.session(ENDPOINT, undated), undated)
    assert row["cert_name"] == "match"
    assert not {"cert_not_after", "cert_days_left"} & set(row)


def test_days_left_are_counted_from_the_start_of_the_run(make: Any) -> None:
    certificate = make.certificate("mx.example", not_after=make.STARTED + timedelta(hours=47))
    assert endpoint_cells(make, make.session(ENDPOINT, certificate), certificate)["cert_days_left"] == 1
