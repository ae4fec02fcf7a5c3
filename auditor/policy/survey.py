"""Everything that is asked of the DNS about one target: where its mail goes, and what it publishes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, islice

from auditor.model.delegation import Delegation
from auditor.model.dkim import DkimAudit
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.mta_sts import PolicyHost, StsRecord
from auditor.model.published import Published, TlsRptRecord
from auditor.model.reverse import ReverseNames
from auditor.model.route import MailRoute, MxStatus
from auditor.model.spf import SpfAudit
from auditor.model.target import Target
from auditor.policy.answers import complaint
from auditor.policy.bimi import look_up_bimi
from auditor.policy.caa import look_up_caa
from auditor.policy.contact import RoutePolicy, SurveyPlan
from auditor.policy.dane import look_up_tlsa
from auditor.policy.delegation import audit_delegation
from auditor.policy.dkim import audit_dkim, selectors_of
from auditor.policy.dmarc import audit_dmarc
from auditor.policy.drive import Evaluation, knowing, together
from auditor.policy.mta_sts import read_sts_record
from auditor.policy.reverse import look_up_reverse
from auditor.policy.route import mail_route
from auditor.policy.spf import audit_spf
from auditor.policy.tls_rpt import read_tls_rpt

_NOT_ASKED = {MxStatus.DIRECT, MxStatus.TIMEOUT}


@dataclass(frozen=True, slots=True)
class Survey:
    """What the DNS says of one target."""

    route: MailRoute
    published: Published | None = None
    """Nothing for a direct target, and where the domain's own servers gave no answer at all."""
    reverse: Mapping[str, ReverseNames] = field(default_factory=dict)
    """The names of the addresses that are contacted, by address."""

    @property
    def policy_hosts(self) -> tuple[PolicyHost, ...]:
        """Where an MTA-STS record says that there is a policy; one at most."""
        found = self.published is not None and self.published.mta_sts.valid
        return (PolicyHost(self.route.domain),) if found else ()


def survey(target: Target, plan: SurveyPlan) -> Evaluation[Survey]:
    """The route first, for what is published is read in its light; then all the rest side by side.

    Below a domain that does not exist there is nothing to ask for (RFC 8020 §2); its parents are asked for
    what applies to it all the same, such as DMARC.  No question is asked twice.
    """
    done: tuple[Survey] = yield from together(_survey(target, plan))
    return done[0]


def _survey(target: Target, plan: SurveyPlan) -> Evaluation[Survey]:
    route = yield from mail_route(target, plan.route)
    names = look_up_reverse([address for one in route.exchanges for address in one.usable])
    if route.status in _NOT_ASKED:
        return Survey(route, reverse=(yield from names))
    rest = _published(target.domain, route, plan, names)
    if route.status is MxStatus.NXDOMAIN and not route.aliases:  # of an alias, only the last target does not exist
        rest = knowing(rest, lambda question: _nothing_below(target.domain, question))
    return Survey(route, *(yield from rest))


def _nothing_below(domain: str, question: Question) -> Answer | None:
    below = f".{question.name}".endswith(f".{domain}")
    return Answer(question=question, status=DnsStatus.NXDOMAIN) if below else None


def made_up_label(salt: str, domain: str) -> str:
    """A label that stands below no domain but by a wildcard; the same for the same run and domain."""
    return "x-" + hashlib.sha256(f"{salt}/{domain}".encode()).hexdigest()[:16]


def _published(
    domain: str, route: MailRoute, plan: SurveyPlan, names: Evaluation[dict[str, ReverseNames]]
) -> Evaluation[tuple[Published, dict[str, ReverseNames]]]:
    """What the domain publishes, and beside it the names of addresses."""
    # A domain whose servers fail is delegated to them, and so exists.
    label = made_up_label(plan.salt, domain)
    hosts = _hosts(route, plan.route.max_exchanges)
    (spf, dkim), dmarc, records, bimi, caa, delegation, *tlsa, reverse = yield from together(
        _sending(domain, route, plan, label),
        audit_dmarc(domain, exists=route.status is not MxStatus.NXDOMAIN, control=label),
        _records(domain, label),
        look_up_bimi(domain),
        look_up_caa(domain),
        _delegation(domain, route, plan),
        *(look_up_tlsa(host, port, plan.route.trust_ad) for host in hosts for port in plan.route.ports),
        names,
    )
    published = Published(
        domain=domain,
        spf=spf,
        dmarc=dmarc,
        dkim=dkim,
        mta_sts=records.mta_sts,
        tls_rpt=records.tls_rpt,
        bimi=bimi,
        caa=caa,
        delegation=delegation,
        tlsa={(one.exchange, one.port): one for one in tlsa},
        wildcard_txt=records.wildcard_txt,
        wildcard_mx=records.wildcard_mx,
        wildcard_unknown=records.wildcard_unknown,
    )
    return published, reverse


def _delegation(domain: str, route: MailRoute, plan: SurveyPlan) -> Evaluation[Delegation | None]:
    """Nothing, and no question, unless it is asked for; what does not exist has no nameservers of its own."""
    if not plan.nameservers or route.status is MxStatus.NXDOMAIN:
        return None
    return (yield from audit_delegation(domain, plan.route))


def _sending(domain: str, route: MailRoute, plan: SurveyPlan, label: str) -> Evaluation[tuple[SpfAudit, DkimAudit]]:
    """SPF, and then DKIM, whose selectors follow from who sends for the domain."""
    spf = yield from audit_spf(domain, _addresses(route, plan.route))
    hosts = tuple(one.exchange for one in route.exchanges)
    senders = tuple(dict.fromkeys(node.domain for node in spf.nodes))
    derived = selectors_of(hosts, senders)
    return spf, (yield from audit_dkim(domain, given=plan.dkim_selectors, derived=derived, control=label))


@dataclass(frozen=True, slots=True)
class _Records:
    """What stands at names of which each is asked once."""

    mta_sts: StsRecord
    tls_rpt: TlsRptRecord
    wildcard_txt: tuple[str, ...]
    wildcard_mx: tuple[str, ...]
    wildcard_unknown: str


def _records(domain: str, label: str) -> Evaluation[_Records]:
    mta_sts, tls_rpt = yield Question(f"_mta-sts.{domain}", "TXT"), Question(f"_smtp._tls.{domain}", "TXT")
    read = read_sts_record(mta_sts), read_tls_rpt(tls_rpt)
    if mta_sts.status is DnsStatus.NXDOMAIN and not mta_sts.aliases:
        # A wildcard below the domain would make every name there exist (RFC 4592 §2.2.1).
        return _Records(*read, wildcard_txt=(), wildcard_mx=(), wildcard_unknown="")
    txt, mx = yield Question(f"{label}.{domain}", "TXT"), Question(f"{label}.{domain}", "MX")
    return _Records(*read, _answered(txt), _answered(mx), _failures(txt, mx))


def _answered(answer: Answer) -> tuple[str, ...]:
    return answer.records if answer.status is DnsStatus.ANSWERED else ()


def _failures(*answers: Answer) -> str:
    """Those of the lookups that gave no fact, in words."""
    return "; ".join(f"{one.question.name} {complaint(one)}" for one in answers if not one.status.known)


def _addresses(route: MailRoute, limits: RoutePolicy) -> tuple[str, ...]:
    """Those of the exchanges, as many as would be contacted, be they public or not."""
    named = {one.exchange: one.addresses[: limits.max_addresses] for one in route.exchanges if one.addresses}
    few = islice(named.values(), limits.max_exchanges)
    return tuple(dict.fromkeys(chain.from_iterable(few)))


def _hosts(route: MailRoute, at_most: int) -> tuple[str, ...]:
    """The exchanges that have an address, each once, by preference."""
    return tuple(dict.fromkeys(one.exchange for one in route.exchanges if one.addresses))[:at_most]
