"""The nameservers of zones below the lab's own: each serves its zone as the lab has it, but for what is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.exception
import dns.name
import dns.rdatatype
import dns.zone

from auditor.errors import UsageError
from auditor.lab.nameserver import FAULTS, Nameserver


@dataclass(frozen=True, slots=True)
class _Section:
    """One nameserver, as the file describes it."""

    line: int
    address: str
    zone: str
    fault: str
    records: list[str] = field(default_factory=list)


def delegated_nameservers(whole: dns.zone.Zone, text: str, source: str) -> dict[str, Nameserver]:
    """The nameservers that a file describes, by address.

    A line ``address zone [fault]`` begins one; the lines of a zone file that follow, indented, stand in
    the place of the records of the same name and type in ``whole``, whose SOA record is that of all zones.

    Raises:
        UsageError: a line is not understood; the message names file and line.
    """
    return {section.address: _nameserver(whole, section, source) for section in _sections(text, source)}


def _sections(text: str, source: str) -> Iterator[_Section]:
    section: _Section | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if line[0].isspace() and section is not None:
            section.records.append(line.strip())
            continue
        if section is not None:
            yield section
        if not 2 <= len(words) <= 3 or (words[2:] and words[2] not in FAULTS):
            raise UsageError(f"{source}, line {number}: not understood: {line}")
        section = _Section(number, words[0], words[1], "".join(words[2:]))
    if section is not None:
        yield section


def _nameserver(whole: dns.zone.Zone, section: _Section, source: str) -> Nameserver:
    origin = dns.name.from_text(section.zone)
    zone = dns.zone.Zone(origin, relativize=False)
    zone.replace_rdataset(origin, whole.find_rdataset(whole.origin or dns.name.root, dns.rdatatype.SOA))
    for name, records in whole.iterate_rdatasets():
        if name.is_subdomain(origin):
            zone.replace_rdataset(name, records)
    try:
        text = "$TTL 3600\n" + "\n".join(section.records)
        own = dns.zone.from_text(text, origin, relativize=False, check_origin=False)
    except dns.exception.DNSException as error:
        raise UsageError(f"{source}, line {section.line}: {section.address}: {error}") from None
    for name, records in own.iterate_rdatasets():
        zone.replace_rdataset(name, records)
    every_name = (origin, dns.name.Name(["*"]).concatenate(origin))
    return Nameserver(zone, {(name, "*"): section.fault for name in every_name if section.fault})
