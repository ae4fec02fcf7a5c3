"""Every setting of a run, declared once, in groups.

The command line, the environment (``AUDITOR_<NAME>``), ``auditor.toml`` and the
generated option page all follow from these fields: name, type, default, description.
The first line of a group's docstring is its heading there.
"""

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic import NonNegativeFloat as Limit
from pydantic import NonNegativeInt as Count
from pydantic import PositiveFloat as Seconds
from pydantic import PositiveInt as AtLeastOne

from auditor.model.endpoint import CLIENT_PORTS
from auditor.model.finding import Severity
from auditor.policy.contact import RoutePolicy, SurveyPlan
from auditor.protocol.bounds import Bounds

Port = Annotated[int, Field(ge=1, le=65535)]
Network = IPv4Network | IPv6Network
# Labels of RFC 6376 §3.1; the underscore, which is none of them, is met in practice.
Selector = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*$", max_length=200)]
# A time without zone is meant where the user sits.
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class ReportSettings(BaseModel):
    """Reports."""

    output: Path = Field(Path("reports"), description="Folder that receives one folder a run.")
    name: str | None = Field(None, description="Name of the run's folder; the UTC time if left out.")
    format: tuple[str, ...] = Field(
        ("xlsx", "csv", "html"),
        description="Report formats to write, of xlsx, csv, html and jsonl; of a huge list, xlsx only if alone.",
    )
    include: tuple[str, ...] = Field((), description="Only these checks: id, name or prefix.")
    exclude: tuple[str, ...] = Field((), description="All but these checks: id, name or prefix.")
    fail_on: Severity | None = Field(None, description="Exit with 1 if a finding this severe, or worse, stands.")


class ListSettings(BaseModel):
    """Domain lists."""

    column: str | None = Field(None, description="Header of the domain column in CSV and Excel lists.")
    sheet: str | None = Field(None, description="Sheet of an Excel list that holds the domains.")
    shard: str | None = Field(None, pattern=r"^[1-9]\d*/[1-9]\d*$", description="Only part K of N of the list, as K/N.")
    yes: bool = Field(False, description="Take ranges of more than 65,536 addresses too, up to 16,777,216.")
    block: Path | None = Field(None, description="File of domains, hosts and CIDRs that are never contacted.")


class DnsSettings(BaseModel):
    """DNS."""

    resolver: tuple[str, ...] = Field((), description="DNS resolver, ADDR[:PORT]; the system's if left out.")
    trust_ad: bool | None = Field(
        None, description="Trust the resolver's AD bit (DNSSEC); left out, one is trusted that is seen to validate."
    )
    dnssec_proof: tuple[str, ...] = Field(
        ("org", "dnssec-failed.org"),
        min_length=2,
        max_length=2,
        description="A signed name and one with broken signatures, by which a resolver shows whether it validates.",
    )
    nameservers: bool = Field(
        False,
        description="Ask every nameserver of each domain too: is the delegation right, do they all say the same?",
    )
    dns_only: bool = Field(False, description="Ask the DNS only; contact no mail server and no policy host.")
    dns_concurrency: AtLeastOne = Field(200, description="DNS queries in flight.")
    dns_timeout: Seconds = Field(3.0, description="Wait for one DNS reply.")
    dns_tries: AtLeastOne = Field(3, description="Tries for one DNS question, over all resolvers.")
    dns_lookup_timeout: Seconds = Field(10.0, description="Longest time for one DNS question, tries included.")


class PolicySettings(BaseModel):
    """Published policy."""

    dkim_selector: tuple[Selector, ...] = Field((), description="DKIM selector to ask for, beside the common ones.")
    policy_port: Port = Field(443, description="Port from which MTA-STS policies are fetched.")
    policy_timeout: Seconds = Field(60.0, description="Longest time for fetching one MTA-STS policy.")


class ContactSettings(BaseModel):
    """Whom to contact."""

    port: tuple[Port, ...] = Field((25,), description="Port of the mail servers to speak to.")
    services: bool = Field(
        False, description="Look for client services too: submission (465, 587), IMAP (143, 993), POP3 (110, 995)."
    )
    tls_versions: bool = Field(
        False, description="Try which TLS versions and cipher suites are accepted: up to eight more connections each."
    )
    active: bool = Field(
        False,
        description="Test what a server could notice: relaying, postmaster, VRFY, injection; five more sessions each.",
    )
    relay_to: str = Field(
        "relay-test@example.net",
        pattern=r"^[A-Za-z0-9.!#$&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}$",
        description="Address of which --active sees whether it is relayed to; best one of yours, elsewhere.",
    )
    helo: str | None = Field(None, description="Name given in EHLO; this host's full name if left out.")
    ipv4_only: bool = Field(False, description="Contact IPv4 addresses only.")
    ipv6_only: bool = Field(False, description="Contact IPv6 addresses only.")
    source_ip: str | None = Field(None, description="Local address to connect from.")
    connect_to: tuple[str, ...] = Field(
        (), description="Connect to ADDR:PORT for HOST:PORT, where HOST is a host name or an address."
    )
    only_connect_to: bool = Field(False, description="Connect to nothing that --connect-to does not lead elsewhere.")
    max_exchanges: AtLeastOne = Field(10, description="Exchanges contacted for one domain, by preference.")
    max_addresses: AtLeastOne = Field(8, description="Addresses contacted for one exchange.")
    allow_net: tuple[Network, ...] = Field((), description="Non-public network that may be contacted.")
    allow_private: bool = Field(False, description="Contact any non-public address that the DNS names.")
    ca_file: Path | None = Field(None, description="PEM file of further trust anchors.")
    only_ca_file: bool = Field(False, description="Trust --ca-file alone, not the system's anchors.")
    no_share: bool = Field(
        False, description="Speak to every exchange name itself, even where one conversation could serve several."
    )


class PaceSettings(BaseModel):
    """Pace and patience."""

    concurrency: AtLeastOne = Field(500, description="Conversations in flight.")
    per_host: Count = Field(2, description="Connections at once to one address; 0 for no limit.")
    per_prefix: Count = Field(4, description="Connections at once to one /24 (IPv6: /64); 0 for no limit.")
    rate: Limit = Field(5.0, description="New connections a second to one address; 0 for no limit.")
    hold_off: Limit = Field(
        15.0, description="Leave an address alone for so long after a 421; for longer each time, up to four times that."
    )
    connect_timeout: Seconds = Field(10.0, description="Wait for a TCP connection.")
    greeting_timeout: Seconds = Field(30.0, description="Wait for the whole greeting.")
    command_timeout: Seconds = Field(15.0, description="Wait for the whole reply to a command.")
    tls_timeout: Seconds = Field(15.0, description="Wait for the whole TLS handshake.")
    quit_timeout: Seconds = Field(2.0, description="Wait for the reply to QUIT.")
    session_timeout: Seconds = Field(60.0, description="Longest time for one whole conversation.")
    retries: Count = Field(1, description="Later looks at an endpoint that failed for the moment.")
    retry_wait: Limit = Field(15.0, description="Wait before such a later look, at least.")
    vantage_guard: Count = Field(
        20, description="Stop if this many first endpoints on port 25 all time out; 0 to go on regardless."
    )
    outage_wait: Limit = Field(
        300.0, description="Longest wait for resolvers that all went silent, or for a network that is gone; 0 for none."
    )
    deadline: Moment | None = Field(None, description="Stop taking up new work at this time (ISO 8601).")


class BoundSettings(BaseModel):
    """Bounds of what is taken."""

    max_line_octets: int = Field(4096, ge=512, description="Longest line taken of a mail server, in octets.")
    max_reply_lines: AtLeastOne = Field(128, description="Lines taken of one reply.")
    max_session_octets: int = Field(262_144, ge=4096, description="Octets taken of a mail server in one conversation.")
    max_policy_octets: AtLeastOne = Field(65_536, description="Longest MTA-STS policy taken, in octets.")
    domain_timeout: Seconds = Field(
        120.0,
        description="Time for the DNS of one domain; after it, each further question is waited for one reply long.",
    )


class WorkSettings(BaseModel):
    """Where the work is done."""

    workers: AtLeastOne | None = Field(
        None, description="Processes; if left out, one for a small list, and one for each core for a large one."
    )
    cluster: str | None = Field(
        None,
        pattern=r"^(tls|tcp)://.+",
        description="Dask scheduler whose workers do the work, such as tls://scheduler:8786.",
    )
    insecure_cluster: bool = Field(False, description="Use a --cluster that is not encrypted.")


class Config(
    WorkSettings,
    BoundSettings,
    PaceSettings,
    ContactSettings,
    PolicySettings,
    DnsSettings,
    ListSettings,
    ReportSettings,
):
    """The frozen settings of one run; durations are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("ipv6_only")
    @classmethod
    def _one_family_at_most(cls, ipv6_only: bool, others: ValidationInfo) -> bool:
        if ipv6_only and others.data.get("ipv4_only"):
            raise ValueError("--ipv4-only and --ipv6-only together leave nothing to contact")
        return ipv6_only

    @classmethod
    def group(cls, setting: str) -> str:
        """The heading under which a setting is shown, such as ``DNS``.

        Raises:
            KeyError: there is no such setting.
        """
        for group in cls.__mro__:
            if setting in vars(group).get("__annotations__", {}):
                return (group.__doc__ or "").strip().rstrip(".")
        raise KeyError(setting)

    def asked(self) -> frozenset[str]:
        """What is to be looked at beyond the ordinary, by its option."""
        options = {"tls-versions": self.tls_versions, "active": self.active}
        return frozenset(option for option, asked in options.items() if asked)

    def bounds(self) -> Bounds:
        """How much is taken of one mail server."""
        return Bounds(
            line_octets=self.max_line_octets,
            lines=self.max_reply_lines,
            session_octets=self.max_session_octets,
        )

    def route_policy(self) -> RoutePolicy:
        """What may be contacted, and believed, when a domain's mail route is drawn."""
        left_out = {"A": self.ipv6_only, "AAAA": self.ipv4_only}
        return RoutePolicy(
            ports=self.port,
            sought_ports=CLIENT_PORTS if self.services else (),
            allow_nets=self.allow_net,
            allow_private=self.allow_private,
            families=tuple(family for family, is_left_out in left_out.items() if not is_left_out),
            max_exchanges=self.max_exchanges,
            max_addresses=self.max_addresses,
            trust_ad=bool(self.trust_ad),
            dns_only=self.dns_only,
        )

    def survey_plan(self, began_at: datetime, *, ad_trusted: bool) -> SurveyPlan:
        """How the targets of a run that began at that moment are surveyed; ``ad_trusted`` is what it found out."""
        return SurveyPlan(
            route=replace(self.route_policy(), trust_ad=ad_trusted),
            dkim_selectors=self.dkim_selector,
            salt=began_at.isoformat(),
            patience_seconds=self.domain_timeout,
            nameservers=self.nameservers,
        )
