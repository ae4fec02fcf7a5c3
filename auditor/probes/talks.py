"""The talk that fits what is spoken at an endpoint."""

from auditor.config import Config
from auditor.model.endpoint import Endpoint, Protocol
from auditor.net.network import Network
from auditor.probes.access import AccessTalk
from auditor.probes.smtp import SmtpTalk


def begin_talk(endpoint: Endpoint, network: Network, config: Config) -> SmtpTalk | AccessTalk:
    """A talk with the endpoint, in the protocol of its service, not yet held."""
    smtp = endpoint.service.protocol is Protocol.SMTP
    return SmtpTalk(endpoint, network, config) if smtp else AccessTalk(endpoint, network, config)
