"""One conversation with whatever is spoken at an endpoint."""

from auditor.config import Config
from auditor.model.endpoint import Endpoint, Protocol
from auditor.model.session import Session
from auditor.net.network import Network
from auditor.probes.access import AccessTalk
from auditor.probes.smtp import SmtpTalk
from auditor.probes.talk import Conversation

__all__ = ["Conversation", "converse"]


async def converse(endpoint: Endpoint, network: Network, config: Config) -> Conversation[Session]:
    """Hold one conversation with the endpoint; never raises for what a server does."""
    if endpoint.service.protocol is Protocol.SMTP:
        return await SmtpTalk(endpoint, network, config).hold()
    return await AccessTalk(endpoint, network, config).hold()
