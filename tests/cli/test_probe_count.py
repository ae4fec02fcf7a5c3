"""Several conversations with one server: what is told of them."""

from auditor.cli.probe_count import as_data, lines
from auditor.model.certificate import TlsHandshake
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome, SmtpSession, Stage, Timings
from auditor.protocol.replies import Reply


def session(connect_ms: float, greeting: str, leaf: str, outcome: Outcome = Outcome.COMPLETED) -> SmtpSession:
    return SmtpSession(
        endpoint=Endpoint("mx.example", "192.0.2.1", 25),
        outcome=outcome,
        stage=Stage.DONE,
        greeting=Reply(220, (greeting,)),
        tls=TlsHandshake(version="TLSv1.3", cipher="c", chain=(leaf * 64,)),
        timings=Timings(connect_ms=connect_ms, total_ms=connect_ms * 2),
    )


def test_the_same_machine_each_time() -> None:
    rounds = [session(1.0, "mx", "a"), session(3.0, "mx", "a"), session(2.0, "mx", "a")]
    assert list(lines(rounds)) == [
        "                 min    median       max  ms",
        "connect          1.0       2.0       3.0  in 3 of 3",
        "total            2.0       4.0       6.0  in 3 of 3",
    ]


def test_what_differs_is_told() -> None:
    rounds = [session(1.0, "mx1", "a"), session(1.0, "mx2", "b"), session(1.0, "mx1", "a", Outcome.RESET)]
    assert as_data(rounds)["differences"] == [
        "outcome differs: completed (2), reset (1)",
        "greeting differs: mx1 (2), mx2 (1)",
        "certificate differs: aaaaaaaaaaaaaaaa (2), bbbbbbbbbbbbbbbb (1)",
    ]
