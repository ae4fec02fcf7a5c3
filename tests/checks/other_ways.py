"""Further ways to fail, to pass, and not to apply."""

from auditor.model.finding import Verdict
from auditor.model.route import MxStatus
from auditor.model.session import Outcome, Stage, Starttls
from auditor.protocol.replies import Reply
from tests.checks.builders import (
    TIMED_OUT,
    Spoil,
    all_of,
    exchange,
    exchanges,
    first_exchange,
    hello,
    leaves,
    on_port,
    route,
    sessions,
)
from tests.checks.cases_access import ACCESS_OTHER_WAYS
from tests.checks.cases_active import ACTIVE_OTHER_WAYS
from tests.checks.cases_names import NAME_OTHER_WAYS
from tests.checks.cases_servers import offers
from tests.checks.cases_tls_depth import TLS_DEPTH_OTHER_WAYS
from tests.checks.other_ways_published import PUBLISHED_OTHER_WAYS

NA, OK, UNKNOWN = Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.UNKNOWN

null = all_of(exchanges(exchange(0, ".")), route(status=MxStatus.NULL, endpoints=()))
direct = route(status=MxStatus.DIRECT, ttl_seconds=None)
plain = {"tls": None, "ehlo_tls": None, "plaintext_after_starttls": None, "starttls": Starttls.NOT_OFFERED}
no = Reply(554, ("no",))
undated = leaves(not_after=None, not_before=None)
rejected = all_of(TIMED_OUT, sessions(outcome=Outcome.REJECTED, stage=Stage.GREETING, greeting=Reply(554, ("no",))))
refused = all_of(TIMED_OUT, sessions(outcome=Outcome.REFUSED))
no_hello = sessions(ehlo=Reply(550, ("no",)), outcome=Outcome.REJECTED, stage=Stage.EHLO)
old = sessions(ehlo=Reply(500, ("what",)), helo=Reply(250, ("mx",)), starttls=Starttls.NOT_OFFERED)

PINNED = ("TLS020", "TLS021", "TLS022", "TLS023", "TLS024", "TLS025", "TLS028")
"""What does not matter where a TLSA record of usage 3 vouches for the certificate."""

OTHER_WAYS: tuple[tuple[str, Spoil, Verdict], ...] = (
    ("MX013", null, NA),
    ("MX015", null, NA),
    ("MX015", exchanges(exchange(10, "mx1.example.net", "198.51.100.1")), NA),
    ("MX017", null, NA),
    ("MX018", null, NA),
    ("MX019", null, NA),
    ("MX010", lambda facts: facts, NA),
    ("DNS001", direct, NA),
    ("DNS003", direct, NA),
    ("SMTP001", null, NA),
    ("SMTP001", sessions(outcome=Outcome.TLS_FAILED), OK),
    ("SMTP012", exchanges(exchange(10, "mx1.example.net", "198.51.100.1")), NA),
    ("SMTP002", exchanges(exchange(10, "mx1.example.net", "198.51.100.1")), NA),
    ("SMTP002", sessions(outcome=Outcome.REFUSED), NA),
    ("TLS006", exchanges(exchange(10, "mx1.example.net", "198.51.100.1")), NA),
    ("TLS008", sessions(**plain), NA),
    ("TLS023", sessions(**plain), NA),
    ("SMTP020", sessions(greeting=None, outcome=Outcome.REFUSED), NA),
    ("TLS003", sessions(outcome=Outcome.TLS_FAILED, plaintext_after_starttls=True), OK),
    ("DNS004", first_exchange(addresses=()), NA),
    *((check, undated, UNKNOWN) for check in ("TLS023", "TLS024", "TLS025", "TLS029")),
    *((check, leaves(), OK) for check in PINNED),
    *((check, all_of(), NA) for check in PINNED),
    ("TLS026", leaves(key_type="Ed25519", key_bits=None), OK),
    *((check, rejected, NA) for check in ("SMTP010", "SMTP020", "TLS001", "TLS002", "TLS007", "SMTP025")),
    *((check, refused, NA) for check in ("SMTP008", "SMTP011", "SMTP021", "SMTP022", "TLS004")),
    ("TLS001", no_hello, NA),
    ("SMTP027", old, NA),
    ("SMTP026", sessions(ehlo_tls=hello("mx", "SIZE"), ehlo=hello("mx", "SIZE")), NA),
    ("SMTP026", sessions(ehlo_tls=hello("mx", "SIZE 0"), ehlo=hello("mx", "SIZE 0")), OK),
    ("SMTP023", on_port(465), NA),
    ("SMTP024", on_port(587), NA),
    ("TLS002", sessions(starttls=Starttls.IMPLICIT), NA),
    ("TLS002", sessions(starttls=Starttls.NOT_TESTED), UNKNOWN),
    ("TLS007", sessions(tls=None, starttls=Starttls.REFUSED), NA),
    ("TLS007", sessions(tls=None, starttls=Starttls.FAILED, outcome=Outcome.REPLY_TIMEOUT), UNKNOWN),
    ("TLS004", sessions(plaintext_after_starttls=None, starttls=Starttls.REFUSED, starttls_reply=no), NA),
    ("MX003", all_of(first_exchange(aliases=("a.example",)), direct), NA),
    ("MX019", exchanges(exchange(10, "mx1.example.net")), NA),
    ("MX010", all_of(exchanges(exchange(0, ".")), route(status=MxStatus.NULL)), OK),
    ("MX013", exchanges(exchange(10, "mx1.example.net")), NA),
    ("MX003", route(status=MxStatus.IMPLICIT), NA),
    ("MX011", direct, NA),
    ("MX013", route(status=MxStatus.IMPLICIT), NA),
    ("MX013", route(status=MxStatus.DIRECT), NA),
    ("SMTP012", all_of(sessions(outcome=Outcome.REFUSED)), OK),
    ("MX008", exchanges(exchange(10, "mx1.example.net", "8.8.8.8")), OK),
    *ACCESS_OTHER_WAYS,
    *ACTIVE_OTHER_WAYS,
    *NAME_OTHER_WAYS,
    *TLS_DEPTH_OTHER_WAYS,
    ("SMTP032", all_of(on_port(587), offers("AUTH PLAIN")), OK),
    ("SMTP032", all_of(on_port(587), sessions(**plain)), NA),
    *PUBLISHED_OTHER_WAYS,
)
