"""Which versions and cipher suites a server accepts: one short connection for each offer, one after the other."""

import logging
from collections.abc import Iterator
from functools import partial

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Blame, Outcome, Session
from auditor.model.tls_trial import VERSIONS, TlsOffer, TlsTrial
from auditor.net.channel import Channel
from auditor.net.failure import ContactFailure
from auditor.net.network import Network
from auditor.net.suites import suite_name
from auditor.net.tls_hello import HelloAnswer, HelloReader, UnreadableError, client_hello
from auditor.policy.exchange import server_name_of
from auditor.probes.talks import begin_talk

logger = logging.getLogger(__name__)

_ENDS_ALL = {Outcome.DEFERRED, Outcome.REFUSED, Outcome.REJECTED, Outcome.CONNECT_TIMEOUT}


async def try_offers(session: Session, network: Network, config: Config) -> tuple[TlsTrial, ...]:
    """One trial for each offer that the session's own handshake does not answer; never raises for what a server does.

    When the server sends us away, the rest is not tried, and stays unknown.
    """
    if session.tls is None:
        return ()
    trials: list[TlsTrial] = []
    gone = ""
    for offer in offers_beside(session):
        if gone:
            trials.append(TlsTrial(offer=offer, accepted=None, words=gone))
            continue
        try:
            trials.append(await _tried(offer, session.endpoint, network, config))
        except ContactFailure as failure:
            words = f"{failure.outcome}: {failure.words}"
            trials.append(TlsTrial(offer=offer, accepted=None, words=words))
            gone = f"not tried, for before it: {words}" if failure.outcome in _ENDS_ALL else ""
        except Exception as error:
            logger.exception("internal error while trying %s at %s", offer, session.endpoint)
            trials.append(TlsTrial(offer=offer, accepted=None, words=f"{type(error).__name__}: {error}"))
    return tuple(trials)


def offers_beside(session: Session) -> Iterator[TlsOffer]:
    """What is still to be tried, beside what the session's handshake agreed to."""
    known = session.tls.version if session.tls is not None else ""
    yield from (version for version in VERSIONS if version != known)
    yield from (TlsOffer.STATIC, TlsOffer.WEAK, TlsOffer.FINITE_FIELD)
    if session.tls is not None and session.tls.server_name:
        yield TlsOffer.NO_NAME


async def _tried(offer: TlsOffer, endpoint: Endpoint, network: Network, config: Config) -> TlsTrial:
    look = partial(_without_name, network) if offer is TlsOffer.NO_NAME else partial(_offered, offer, endpoint)
    return await begin_talk(endpoint, network, config).at_handshake(look)


async def _offered(offer: TlsOffer, endpoint: Endpoint, channel: Channel) -> TlsTrial:
    """Send the hello, and read until the server agreed, or did not."""
    try:
        await channel.send(client_hello(offer, server_name_of(endpoint.exchange)))
        return _judged(offer, await _answer(HelloReader(offer), channel))
    except UnreadableError as error:
        return TlsTrial(offer=offer, accepted=None, words=str(error))
    except ContactFailure as failure:
        # It came up to here a moment ago: whoever closes now does so for what was offered.
        ended = failure.outcome in {Outcome.CLOSED, Outcome.RESET}
        return TlsTrial(offer=offer, accepted=False if ended else None, words=failure.words)


async def _answer(reader: HelloReader, channel: Channel) -> HelloAnswer:
    while True:
        octets = await channel.receive()
        if not octets:
            raise ContactFailure(Outcome.CLOSED, Blame.THEIRS, "closed in answer to the hello")
        if (answer := reader.feed(octets)) is not None:
            return answer


def _judged(offer: TlsOffer, answer: HelloAnswer) -> TlsTrial:
    if answer.alert:
        return TlsTrial(offer=offer, accepted=False, words=answer.alert)
    suite = suite_name(answer.suite)
    other = offer in VERSIONS and answer.version != offer
    words = f"the server answers with {answer.version} instead" if other else ""
    return TlsTrial(
        offer=offer, accepted=not other, version=answer.version, cipher=suite, dh_bits=answer.dh_bits, words=words
    )


async def _without_name(network: Network, channel: Channel) -> TlsTrial:
    """A whole handshake, for the certificate that is shown to who names no server."""
    try:
        tls = await channel.start_tls(network.tls_context, "")
    except ContactFailure as failure:
        refused = failure.outcome in {Outcome.TLS_FAILED, Outcome.CLOSED, Outcome.RESET}
        return TlsTrial(offer=TlsOffer.NO_NAME, accepted=False if refused else None, words=failure.words)
    return TlsTrial(offer=TlsOffer.NO_NAME, accepted=True, version=tls.version, cipher=tls.cipher, leaf=tls.leaf)
