"""What a hostile scenario is: a domain, what its servers or its zone do, and what its row must say."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auditor.lab.script import ServerScript, parse_scripts

Expected = Mapping[str, str]
"""Values by column; of ``error`` a part of the text, of ``deviations`` the set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One domain of the hostile lab; it is called ``NAME.example``, and its exchange ``mx.NAME.example``."""

    name: str
    fault: str
    """The kind of fault, as the index of this folder has it."""
    endpoint: Expected = field(default_factory=dict)
    """Of its rows in ``endpoints``."""
    domain: Expected = field(default_factory=dict)
    """Of its row in ``domains``."""
    mx: Expected = field(default_factory=dict)
    """Of its rows in ``mx``."""
    check: str = ""
    """Checks that fail: beginnings of their names, parted by spaces."""
    seconds: float = 5.0
    """That a conversation may take at most: twice the patience of one step, and something for a busy machine."""
    octets: int = 1_000_000
    """That a server may be rid of at most in one connection."""
    still_open: str = ""
    """Why its row does not say what it must yet."""
    port: int = 0
    """Of a server that the list names itself, with this port."""
    script: str = ""
    """Of its exchange; empty for one that behaves."""
    certificate: str = "good"
    names: tuple[str, ...] = ()
    """In the certificate; the exchange's if none are given."""
    heading: Mapping[str, str] = field(default_factory=dict)
    """More headings of its script."""
    connect: str = "accept"
    records: str = ""
    """In the zone, in the place of the usual MX and address; ``{address}`` is the exchange's."""
    faults: str = ""
    policy: str = ""
    """Script of its MTA-STS policy host."""
    policy_certificate: str = "good"
    policy_connect: str = "accept"

    @property
    def exchange(self) -> str:
        """The usual one."""
        return f"mx.{self.name}.example"

    @property
    def target(self) -> str:
        """What stands in the list."""
        return f"{self.exchange}:{self.port}" if self.port else f"{self.name}.example"

    @property
    def listed_as(self) -> str:
        """What stands in the column ``domain``."""
        return self.exchange if self.port else self.target

    @property
    def policy_host(self) -> str:
        """Where its policy is fetched."""
        return f"mta-sts.{self.name}.example"

    @property
    def has_policy(self) -> bool:
        """Whether it publishes an MTA-STS policy, or says so."""
        return bool(self.policy) or self.policy_connect != "accept"

    def servers(self, address: str, policy_address: str) -> list[ServerScript]:
        """Its mail server, and its policy host if it has one."""
        heading = {"addresses": address, "connect": self.connect, "certificate": self.certificate, **self.heading}
        heading |= {"port": str(self.port)} if self.port else {}
        found = [_script(self.exchange, self.script, heading)]
        if self.names:  # which may hold what no script can say
            found[0] = replace(found[0], names=self.names)
        if self.has_policy:
            heading = {"addresses": policy_address, "connect": self.policy_connect, "port": "443"}
            heading["certificate"] = self.policy_certificate
            found.append(_script(self.policy_host, self.policy, heading))
        return found

    def zone(self, address: str, policy_address: str) -> str:
        """Its part of the zone."""
        usual = f"{self.name} MX 10 mx.{self.name}\nmx.{self.name} A {address}"
        lines = [(self.records or usual).format(address=address, name=self.name)]
        if self.has_policy:
            lines += [f'_mta-sts.{self.name} TXT "v=STSv1; id=1"', f"mta-sts.{self.name} A {policy_address}"]
        return "\n".join(lines)


def _script(name: str, steps: str, heading: Mapping[str, str]) -> ServerScript:
    lines = [f"=== {name}", *(f"{key}: {value}" for key, value in heading.items() if value)]
    (script,) = parse_scripts("\n".join((*lines, steps)), name)
    return script
