"""What only shows when many servers were met."""

from dataclasses import replace

from auditor.engine.path_signs import FEW, PathSigns
from auditor.model.endpoint import Endpoint
from auditor.model.session import Outcome, SmtpSession, Stage, Starttls
from auditor.protocol.replies import Reply

BLOCKED = Reply(554, ("5.7.1 Service unavailable; client host blocked using zen.spamhaus.org",))


def served(number: int, port: int = 25, **changes: object) -> SmtpSession:
    endpoint = Endpoint(f"mx{number}.example", f"192.0.2.{number}", port)
    session = SmtpSession(endpoint=endpoint, outcome=Outcome.COMPLETED, stage=Stage.DONE, starttls=Starttls.OK)
    return replace(session, **changes)  # type: ignore[arg-type]


def refused(number: int, reply: Reply = BLOCKED) -> SmtpSession:
    return served(number, outcome=Outcome.REJECTED, stage=Stage.GREETING, greeting=reply, starttls=Starttls.NOT_TESTED)


def plain(number: int, port: int = 25) -> SmtpSession:
    return served(number, port, starttls=Starttls.NOT_OFFERED)


def note(*sessions: SmtpSession) -> str:
    signs = PathSigns()
    for one in sessions:
        signs.see(one)
    return signs.note()


def test_several_servers_that_refuse_this_client_are_told() -> None:
    told = note(*(refused(number) for number in range(FEW)), served(9))
    assert told.startswith(f"{FEW} of {FEW + 1} mail servers refuse this client")


def test_few_that_do_or_few_among_many_are_not() -> None:
    assert note(*(refused(number) for number in range(FEW - 1))) == ""
    assert note(*(refused(number) for number in range(FEW)), *(served(number) for number in range(10, 60))) == ""
    assert note(*(refused(1) for _ in range(9))) == ""


def test_those_that_take_no_mail_at_all_refuse_everybody() -> None:
    assert note(*(refused(number, Reply(521, ("no mail here",))) for number in range(9))) == ""


def test_nobody_offering_starttls_is_a_sign_of_the_path() -> None:
    assert note(*(plain(number) for number in range(FEW))).startswith(f"none of {FEW} mail servers offers STARTTLS")


def test_one_that_does_clears_the_path() -> None:
    assert note(*(plain(number) for number in range(9)), served(9)) == ""
    assert note(*(plain(number) for number in range(FEW - 1))) == ""


def test_other_services_say_nothing_of_port_25() -> None:
    assert note(*(plain(number, 587) for number in range(9))) == ""
