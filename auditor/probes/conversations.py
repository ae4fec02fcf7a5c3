"""One conversation with whatever is spoken at an endpoint."""

from collections.abc import Sequence
from dataclasses import replace

from auditor.config import Config
from auditor.model.endpoint import Endpoint
from auditor.model.session import Session, SmtpSession
from auditor.net.network import Network
from auditor.probes.active import test_actively
from auditor.probes.spoken import Conversation
from auditor.probes.talks import begin_talk

__all__ = ["Conversation", "converse"]


async def converse(
    endpoint: Endpoint, network: Network, config: Config, domains: Sequence[str] = ()
) -> Conversation[Session]:
    """Hold one conversation with the endpoint, for these domains; never raises for what a server does."""
    conversation: Conversation[Session] = await begin_talk(endpoint, network, config).hold()
    session = conversation.session
    if config.tls_versions and session.tls is not None:
        from auditor.probes.tls_trials import try_offers  # noqa: PLC0415 - by a library that few runs need

        session = replace(session, tls_trials=await try_offers(session, network, config))
    if config.active and isinstance(session, SmtpSession):
        session = replace(session, active=await test_actively(session, domains, network, config))
    return Conversation(session, conversation.certificates)
