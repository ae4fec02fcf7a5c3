"""placeholder until the branch comes"""

from dataclasses import dataclass

from auditor.config import Config
from auditor.model.certificate import Certificate
from auditor.model.mta_sts import PolicyFetch
from auditor.net.network import Network
from auditor.net.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Fetched:
    fetch: PolicyFetch
    certificates: tuple[Certificate, ...] = ()


async def fetch_policy(
    domain: str, resolver: Resolver, network: Network, config: Config, port: int = 443
) -> Fetched: ...
