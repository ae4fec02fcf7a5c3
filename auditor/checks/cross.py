"""CROSS: records that are right one by one, and wrong together."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import DmarcApplies, Policies, Receiver, Sender, SpfTree, TwoFamilies
from auditor.model.certificate import CertName
from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition
from auditor.model.finding import Severity
from auditor.model.published import Role
from auditor.model.route import MxStatus
from auditor.model.session import SmtpSession
from auditor.model.spf import SpfStatus
from auditor.policy.identity import certificate_name
from auditor.policy.trust import certificate_trust
from auditor.protocol.keywords import parse_keywords

DIG_BOTH = "dig +short {domain} MX\ndig +short {domain} TXT"
DIG_ALL = DIG_BOTH + "\ndig +short _dmarc.{domain} TXT"
ENFORCED = {Disposition.QUARANTINE, Disposition.REJECT}
_TAKES_MAIL = {MxStatus.MX, MxStatus.NULL_WITH_OTHERS, MxStatus.UNUSABLE}


@check(
    id="CROSS001",
    name="null-mx-sends",
    severity=Severity.MEDIUM,
    reference="RFC 7505 §4.2",
    remediation="If the domain sends mail, let it take mail too (bounces and replies); if it does not, publish v=spf1 -all.",
    reproduce=DIG_BOTH,
)
def null_mx_sends(policies: Policies) -> Iterator[Result]:
    """The domain takes no mail by a null MX, and yet lets servers send in its name.

    Receivers refuse mail whose sender cannot take an answer.
    """
    spf = policies.published.spf
    if policies.facts.route.status is not MxStatus.NULL:
        yield NotApplicable("there is no null MX")
    elif spf.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.authorises:
        yield Evidence(f"MX 0 . beside {spf.record}")


@check(
    id="CROSS002",
    name="spf-broken-under-dmarc",
    severity=Severity.HIGH,
    reference="RFC 9989 §5; RFC 7208 §2.6.7",
    remediation="Mend the SPF record first; until then, all mail depends on DKIM alone.",
    reproduce=DIG_ALL,
)
def spf_broken_under_dmarc(tree: SpfTree, dmarc: DmarcApplies) -> Iterator[Result]:
    """DMARC is enforced while the SPF record is in error.

    SPF can never pass, so legitimate mail without a DKIM signature that survives is quarantined or refused.
    """
    if tree.audit.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {tree.audit.reason}")
    elif dmarc.tree.policy not in ENFORCED:
        yield NotApplicable("DMARC is not enforced")
    elif tree.audit.status is SpfStatus.PERMERROR:
        yield Evidence(f"p={dmarc.tree.policy}, and SPF: {tree.audit.reason}")


@check(
    id="CROSS003",
    name="dmarc-without-authentication",
    severity=Severity.HIGH,
    reference="RFC 9989 §4.4, §5",
    remediation="Publish SPF for what sends, and have it sign with DKIM; or say that the domain sends nothing: v=spf1 -all.",
    reproduce=DIG_ALL,
)
def dmarc_without_authentication(sender: Sender, dmarc: DmarcApplies) -> Iterator[Result]:
    """DMARC is enforced, but there is neither SPF nor DKIM that mail could pass by.

    All mail of the domain is quarantined or refused.
    """
    spf, dkim = sender.published.spf, sender.published.dkim
    if dmarc.tree.policy not in ENFORCED:
        yield NotApplicable("DMARC is not enforced")
    elif sender.role.role is Role.UNKNOWN or not dmarc.own:
        yield NotApplicable("it is not known that the domain sends mail")
    elif spf.status is SpfStatus.NONE and dkim.status in {DkimStatus.ABSENT, DkimStatus.REVOKED}:
        yield Evidence(f"p={dmarc.tree.policy}, no SPF record, DKIM {dkim.status}")
    elif spf.status is SpfStatus.TEMPERROR:
        yield Unknown(f"the SPF record: {spf.reason}")
    elif spf.status is SpfStatus.NONE and dkim.status is DkimStatus.UNKNOWN:
        yield Unknown("there is no SPF record, and no DKIM selector is known")


@check(
    id="CROSS004",
    name="families-differ",
    severity=Severity.MEDIUM,
    reference="RFC 5321 §5.1; RFC 8461 §4.2",
    remediation="Configure the listener that was forgotten like the other one, or take its address out of the DNS.",
    reproduce="dig +short {domain} MX\n# then for each exchange over both families:\n# openssl s_client -4 -starttls smtp -connect EXCHANGE:25 and the same with -6",
)
def families_differ(both: TwoFamilies) -> Iterator[Result]:
    """An exchange answers otherwise over IPv6 than over IPv4.

    Mail then passes or fails by the family a sender happens to choose; often the listener for IPv6 was forgotten.
    """
    for ipv4, ipv6 in both.pairs:
        told = {family: _traits(session, both) for family, session in (("IPv4", ipv4), ("IPv6", ipv6))}
        apart = [name for name in told["IPv4"] if told["IPv4"][name] != told["IPv6"][name]]
        if apart:
            words = (f"{name} {told['IPv4'][name]} over IPv4, {told['IPv6'][name]} over IPv6" for name in apart)
            yield Evidence(f"{ipv4.endpoint.exchange} port {ipv4.endpoint.port}: {'; '.join(words)}")


def _traits(session: SmtpSession, both: TwoFamilies) -> dict[str, str]:
    """What senders notice: outcome, STARTTLS, trust, name, keywords; not which machine of a farm answers."""
    leaf = both.certificates.get(session.tls.chain[0]) if session.tls is not None and session.tls.chain else None
    name = certificate_name(leaf, session.endpoint.exchange)
    reply = session.ehlo_tls or session.ehlo
    keywords = sorted({one.name for one in parse_keywords(reply)}) if reply is not None and reply.positive else []
    return {
        "outcome": str(session.outcome),
        "STARTTLS": str(session.starttls),
        "certificate": str(certificate_trust(session.tls)),
        "name in it": "matches" if name is CertName.MATCH else str(name),
        "keywords": " ".join(keywords) or "none",
    }


@check(
    id="CROSS005",
    name="wildcard-txt",
    severity=Severity.LOW,
    reference="RFC 4592 §2.1, §4.4; RFC 7208 §3.5",
    remediation="Replace the wildcard by records at the names that need them.",
    reproduce="dig +short made-up-name.{domain} TXT",
)
def wildcard_txt(policies: Policies) -> Iterator[Result]:
    """A wildcard gives every name below the domain the TXT records of a mail policy.

    Policies seem to be published where nobody meant them: at _mta-sts, at _smtp._tls, at selectors.
    """
    versions = ("v=spf1", "v=DMARC1", "v=STSv1", "v=TLSRPTv1", "v=DKIM1", "v=BIMI1")
    found = [text for text in policies.published.wildcard_txt if text.startswith(versions)]
    # SPF below a wildcard is what RFC 7208 §3.5 describes, if it lets nobody send.
    meant = [text for text in found if text.split() == ["v=spf1", "-all"]]
    if len(meant) < len(found):
        yield Evidence(f"a made-up name has: {' | '.join(text for text in found if text not in meant)}")


@check(
    id="CROSS006",
    name="wildcard-mx",
    severity=Severity.INFO,
    reference="RFC 4592 §2.1; RFC 9989 §4.7",
    remediation="Replace the wildcard by MX records at the names that take mail.",
    reproduce="dig +short made-up-name.{domain} MX",
)
def wildcard_mx(policies: Policies) -> Iterator[Result]:
    """A wildcard gives every name below the domain an MX record.

    Mail to any made-up name is taken, and such names count as existing for DMARC (sp applies, not np).
    """
    if policies.published.wildcard_mx:
        yield Evidence(f"a made-up name has MX {', '.join(policies.published.wildcard_mx)}")


@check(
    id="CROSS007",
    name="role-contradicted",
    severity=Severity.MEDIUM,
    reference="RFC 7505 §4.2; RFC 7208 §10.1.2",
    remediation="Correct the list, or the records of the domain.",
    reproduce=DIG_BOTH,
)
def role_contradicted(policies: Policies) -> Iterator[Result]:
    """The domain's records contradict the role that the list gives it.

    A domain that is taken for parked but works, or the other way round, is managed by nobody.
    """
    if not policies.role.declared:
        yield NotApplicable("the list declares no role")
        return
    takes, sends = policies.facts.route.status in _TAKES_MAIL, policies.published.spf.authorises
    if policies.role.receives is False and takes:
        yield Evidence(f"declared {policies.role.role}, and it has MX records")
    if policies.role.receives and policies.facts.route.status in {MxStatus.NULL, MxStatus.NONE}:
        yield Evidence(f"declared {policies.role.role}, and it takes no mail ({policies.facts.route.status})")
    if policies.role.sends is False and sends:
        yield Evidence(f"declared {policies.role.role}, and its SPF record lets servers send")


@check(
    id="CROSS008",
    name="receiver-without-encryption-policy",
    severity=Severity.INFO,
    reference="RFC 8461 §2; RFC 7672 §1.3",
    remediation="Publish both: senders differ in which of them they know.",
    reproduce="dig +short _mta-sts.{domain} TXT\ndig +dnssec _25._tcp.EXCHANGE TLSA",
)
def receiver_without_encryption_policy(receiver: Receiver) -> Iterator[Result]:
    """The domain has one of MTA-STS and DANE, not both.

    Some large senders know the one and some the other: with one alone, part of the mail stays unprotected.
    """
    has_sts = receiver.published.mta_sts.valid
    has_dane = any(one.usable for one in receiver.published.tlsa.values())
    unknown = [one.unknown for one in receiver.published.tlsa.values() if one.unknown]
    if receiver.published.mta_sts.unknown or (has_sts and not has_dane and unknown):
        yield Unknown(receiver.published.mta_sts.unknown or "; ".join(unknown))
    elif not has_sts and not has_dane:
        yield NotApplicable("the domain has neither")
    elif not has_sts or not has_dane:
        yield Evidence("DANE without MTA-STS" if has_dane else "MTA-STS without DANE")
