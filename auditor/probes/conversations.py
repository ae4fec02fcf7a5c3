"""One conversation with whatever is spoken at an endpoint."""

from dataclasses import replace

from auditor.config import Config
from auditor.model.endpoint import Endpoint, Protocol
from auditor.model.session import Session
from auditor.net.network import Network
from auditor.probes.access import AccessTalk
from auditor.probes.smtp import SmtpTalk
from auditor.probes.talk import Conversation
from auditor.probes.tls_trials import try_offers

__all__ = ["Conversation", "converse"]


async def converse(endpoint: Endpoint, network: Network, config: Config) -> Conversation[Session]:
    """Hold one conversation with the endpoint; never raises for what a server does."""
    smtp = endpoint.service.protocol is Protocol.SMTP
    talk = SmtpTalk(endpoint, network, config) if smtp else AccessTalk(endpoint, network, config)
    conversation: Conversation[Session] = await talk.hold()
    session = conversation.session
    if config.tls_versions and session.tls is not None:
        session = replace(session, tls_trials=await try_offers(session, network, config))
    return Conversation(session, conversation.certificates)
