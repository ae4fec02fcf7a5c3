"""STS and RPT: what senders are told about TLS on the way to a domain's exchanges, and to whom they report."""

from collections.abc import Iterator
from datetime import timedelta

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import Receiver, StsAnnounced, StsFetched, StsInForce, TlsRpt
from auditor.model.finding import Severity
from auditor.model.mta_sts import StsMode
from auditor.model.published import RecordStatus
from auditor.policy.mta_sts import content_type_fault, mx_matches

DIG_STS = "dig +short _mta-sts.{domain} TXT"
FETCH = DIG_STS + "\ncurl -sSi https://mta-sts.{domain}/.well-known/mta-sts.txt"
DIG_RPT = "dig +short _smtp._tls.{domain} TXT"
DAY_SECONDS = 86_400
SHORT_SECONDS = 14 * DAY_SECONDS
SOON = timedelta(days=14)


@check(
    id="STS001",
    name="sts-missing",
    severity=Severity.INFO,
    reference="RFC 8461 §1, §3",
    remediation="Publish an MTA-STS record and policy, in mode testing first; or sign the zones and publish TLSA records.",
    reproduce=DIG_STS,
)
def sts_missing(receiver: Receiver) -> Iterator[Result]:
    """Neither MTA-STS nor DANE asks senders for TLS.

    Whoever is in the way of a connection can take STARTTLS out of it and read the mail; senders then deliver in clear text.
    """
    record = receiver.published.mta_sts
    tlsa = any(one.usable for one in receiver.published.tlsa.values())
    if record.unknown:
        yield Unknown(f"the MTA-STS record: {record.unknown}")
    elif not record.text and not tlsa:
        yield Evidence("no MTA-STS record, and no TLSA record of an exchange")


@check(
    id="STS002",
    name="sts-record-invalid",
    severity=Severity.MEDIUM,
    reference="RFC 8461 §3.1",
    remediation="Publish exactly one such record: v=STSv1; id= and 1 to 32 letters or digits.",
    reproduce=DIG_STS,
)
def sts_record_invalid(receiver: Receiver) -> Iterator[Result]:
    """The MTA-STS record does not count.

    Senders look no further: the policy behind it is never fetched.
    """
    record = receiver.published.mta_sts
    if record.unknown:
        yield Unknown(f"the MTA-STS record: {record.unknown}")
    elif record.faults:
        yield Evidence("; ".join(record.faults))
    elif not record.text:
        yield NotApplicable("there is no MTA-STS record")


@check(
    id="STS003",
    name="sts-policy-unavailable",
    severity=Severity.HIGH,
    reference="RFC 8461 §3.3",
    remediation="Serve the policy at that address with status 200, without a redirect, under a certificate for the policy host that is trusted everywhere.",
    reproduce=FETCH,
)
def sts_policy_unavailable(announced: StsAnnounced) -> Iterator[Result]:
    """The MTA-STS policy that the record announces cannot be fetched.

    Senders that know no older policy go on as if there were none; those that do keep to it, though it may be out of date.
    """
    effect = announced.effect
    if effect.policy is None:
        if effect.status is RecordStatus.UNKNOWN:
            yield Unknown(effect.reason)
        else:
            yield Evidence(effect.reason)


@check(
    id="STS004",
    name="sts-policy-invalid",
    severity=Severity.HIGH,
    reference="RFC 8461 §3.2",
    remediation="Correct the file: version, mode, max_age, and an mx line for each exchange, one key: value a line.",
    reproduce=FETCH,
)
def sts_policy_invalid(fetched: StsFetched) -> Iterator[Result]:
    """The MTA-STS policy breaks the rules of its format.

    Senders disregard the whole file.
    """
    if fetched.policy.faults:
        yield Evidence("; ".join(fetched.policy.faults))


@check(
    id="STS005",
    name="sts-exchange-not-listed",
    severity=Severity.HIGH,
    reference="RFC 8461 §4.1, §5",
    remediation="Add an mx line for each exchange, then change the id of the record. A wildcard stands for one label: *.example.com is not a.b.example.com.",
    reproduce=FETCH + "\ndig +short {domain} MX",
)
def sts_exchange_not_listed(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy does not list every exchange of the domain.

    Under enforce, senders do not deliver to the exchanges that are missing; if all are, mail waits and bounces.
    """
    effect, mode = force.effect, force.effect.mode
    if mode is StsMode.NONE:
        yield NotApplicable("the policy is in mode none")
        return
    whole = bool(effect.exchanges) and len(effect.uncovered) == len(effect.exchanges)
    for exchange in effect.uncovered:
        listed = ", ".join(force.policy.mx)
        yield Evidence(f"{exchange} is not matched by {listed} (mode {mode})", _weight(mode, whole=whole))


def _weight(mode: StsMode | None, *, whole: bool) -> Severity:
    """How much it matters that an exchange, or the whole of them, fails."""
    if mode is not StsMode.ENFORCE:
        return Severity.MEDIUM
    return Severity.CRITICAL if whole else Severity.HIGH


@check(
    id="STS006",
    name="sts-exchange-fails",
    severity=Severity.HIGH,
    reference="RFC 8461 §4.2, §5",
    remediation="Give the exchange a certificate for its own name by an authority that is trusted everywhere; or set the policy to testing until it has one.",
    reproduce=FETCH
    + "\n# and for each exchange: openssl s_client -starttls smtp -connect EXCHANGE:25 -servername EXCHANGE -verify_hostname EXCHANGE",
)
def sts_exchange_fails(force: StsInForce) -> Iterator[Result]:
    """An exchange does not offer the TLS that the MTA-STS policy promises.

    Under enforce, senders do not deliver there; in testing they report it.
    """
    mode = force.effect.mode
    if mode is StsMode.NONE:
        yield NotApplicable("the policy is in mode none")
        return
    for endpoint, why in force.effect.failing:
        yield Evidence(f"{endpoint}: {why} (mode {mode})", _weight(mode, whole=False))
    if not force.effect.failing and force.effect.untested:
        yield Unknown(f"not tested: {', '.join(force.effect.untested)}")


@check(
    id="STS007",
    name="sts-testing",
    severity=Severity.LOW,
    reference="RFC 8461 §5",
    remediation="Read the reports (TLS-RPT); when they show no failure, set mode: enforce and change the id.",
    reproduce=FETCH,
)
def sts_testing(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy is in testing.

    Senders report what fails, and deliver all the same: nothing is protected yet.
    """
    if force.effect.mode is StsMode.TESTING:
        yield Evidence("mode: testing")


@check(
    id="STS008",
    name="sts-switched-off",
    severity=Severity.INFO,
    reference="RFC 8461 §5, §8.3",
    remediation="When the longest max_age that was ever published has passed, remove record and policy; or set another mode.",
    reproduce=FETCH,
)
def sts_switched_off(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy is in mode none.

    That is how a policy is withdrawn; it protects nothing.
    """
    if force.effect.mode is StsMode.NONE:
        yield Evidence("mode: none")


@check(
    id="STS009",
    name="sts-max-age-short",
    severity=Severity.INFO,
    reference="RFC 8461 §3.2, §10.2",
    remediation="Raise max_age to some weeks once the policy is stable.",
    reproduce=FETCH,
)
def sts_max_age_short(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy is remembered for less than two weeks.

    The shorter it is kept, the more often an attacker gets the chance to make it vanish; under a day it protects next to nothing.
    """
    max_age = force.policy.max_age_seconds
    if force.effect.mode is StsMode.NONE:
        yield NotApplicable("the policy is in mode none, where a short time is right")
    elif max_age is not None and max_age < SHORT_SECONDS:
        yield Evidence(f"max_age: {max_age} s", Severity.LOW if max_age < DAY_SECONDS else Severity.INFO)


@check(
    id="STS010",
    name="sts-content-type",
    severity=Severity.LOW,
    reference="RFC 8461 §3.3",
    remediation="Serve the policy as text/plain.",
    reproduce=FETCH,
)
def sts_content_type(fetched: StsFetched) -> Iterator[Result]:
    """The MTA-STS policy is not served as plain text.

    Some senders refuse it for that.
    """
    if fault := content_type_fault(fetched.fetch):
        yield Evidence(fault)


@check(
    id="STS011",
    name="sts-pattern-unused",
    severity=Severity.INFO,
    reference="RFC 8461 §4.1, §8.1",
    remediation="Remove the lines of exchanges that are gone; keep those of one that is about to come.",
    reproduce=FETCH + "\ndig +short {domain} MX",
)
def sts_pattern_unused(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy lists exchanges that the domain does not have.

    Lines of former providers let their hosts take the domain's mail, should an MX record be forged.
    """
    exchanges = force.effect.exchanges
    unused = [pattern for pattern in force.policy.mx if not any(mx_matches(pattern, one) for one in exchanges)]
    if unused:
        yield Evidence(f"no exchange matches {', '.join(unused)}")


@check(
    id="STS012",
    name="sts-certificate-ends-soon",
    severity=Severity.MEDIUM,
    reference="RFC 8461 §3.3, §10.3",
    remediation="Renew the certificate of the policy host, and let it renew itself from then on.",
    reproduce="openssl s_client -connect mta-sts.{domain}:443 -servername mta-sts.{domain} </dev/null | openssl x509 -noout -enddate",
)
def sts_certificate_ends_soon(announced: StsAnnounced) -> Iterator[Result]:
    """The certificate of the policy host is about to expire.

    From then on the MTA-STS policy cannot be fetched, and that is noticed by nobody but senders.
    """
    certificate = announced.certificate
    if certificate is None or certificate.not_after is None:
        yield NotApplicable("no certificate was seen")
        return
    left = certificate.not_after - announced.at
    if timedelta() <= left < SOON:
        yield Evidence(f"{left.days} days left, until {certificate.not_after:%Y-%m-%d}")


@check(
    id="RPT001",
    name="tls-rpt-missing",
    severity=Severity.INFO,
    reference="RFC 8460 §3",
    remediation="Publish at _smtp._tls below the domain: v=TLSRPTv1; rua=mailto:ADDRESS",
    reproduce=DIG_RPT,
)
def tls_rpt_missing(rpt: TlsRpt) -> Iterator[Result]:
    """Nobody is told when TLS fails on the way to the domain.

    Where MTA-STS or DANE is used, a fault keeps mail away, and without reports the owner learns of it last.
    """
    if rpt.record.status is RecordStatus.NONE:
        with_promise = f", while {' and '.join(rpt.promises)} would give something to report" if rpt.promises else ""
        yield Evidence(f"no TLS-RPT record{with_promise}", Severity.LOW if rpt.promises else None)


@check(
    id="RPT002",
    name="tls-rpt-invalid",
    severity=Severity.LOW,
    reference="RFC 8460 §3",
    remediation="Publish exactly one record that begins with v=TLSRPTv1; and has a rua= of mailto: or https: addresses.",
    reproduce=DIG_RPT,
)
def tls_rpt_invalid(rpt: TlsRpt) -> Iterator[Result]:
    """The TLS-RPT record does not count.

    Senders send no reports.
    """
    if rpt.record.status is RecordStatus.NONE:
        yield NotApplicable("there is no TLS-RPT record")
    elif rpt.record.status is RecordStatus.INVALID:
        yield Evidence("; ".join(rpt.record.faults))
