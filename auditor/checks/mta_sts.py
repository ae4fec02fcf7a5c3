"""STS: what senders are told about TLS on the way to a domain's exchanges."""

from collections.abc import Iterator

from auditor.checks.certificate import UNREADABLE, dated, ends_soon
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.published_facts import Receiver, StsAnnounced, StsFetched, StsInForce
from auditor.model.finding import Severity
from auditor.model.mta_sts import FetchOutcome, PolicyFetch, StsMode
from auditor.model.published import RecordStatus
from auditor.policy.mta_sts import content_type_fault

DIG_STS = "dig +short _mta-sts.{domain} TXT"
FETCH = DIG_STS + "\ncurl -sSi https://mta-sts.{domain}/.well-known/mta-sts.txt"
DAY_SECONDS = 86_400
SHORT_SECONDS = 14 * DAY_SECONDS


@check(
    id="STS001",
    name="sts-missing",
    severity=Severity.INFO,
    reference="RFC 8461 §1, §3",
    remediation="Publish an MTA-STS record and policy, in mode testing first; or sign the zones and publish TLSA records.",
    reproduce=DIG_STS
    + "\n# expect no: v=STSv1\ndig +short {domain} MX\n# note: and no signed record at: dig +dnssec _25._tcp.EXCHANGE TLSA",
)
def sts_missing(receiver: Receiver) -> Iterator[Result]:
    """Neither MTA-STS nor DANE asks senders for TLS.

    Whoever is in the way of a connection can take STARTTLS out of it and read the mail; senders then deliver in clear text.
    """
    record = receiver.published.mta_sts
    if record.unknown:
        yield Unknown(f"the MTA-STS record: {record.unknown}")
    elif not record.text and receiver.dane is False:
        yield Evidence("no MTA-STS record, and no signed TLSA record of an exchange")
    elif not record.text and receiver.dane is None:
        yield Unknown("no MTA-STS record, and it is not known whether senders apply TLSA records")


@check(
    id="STS002",
    name="sts-record-invalid",
    severity=Severity.MEDIUM,
    reference="RFC 8461 §3.1",
    remediation="Publish exactly one such record: `v=STSv1; id=` and 1 to 32 letters or digits.",
    reproduce=DIG_STS + '\n# expect: "',
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
    reproduce=FETCH + "\n# expect: {sign}",
)
def sts_policy_unavailable(announced: StsAnnounced) -> Iterator[Result]:
    """The MTA-STS policy that the record announces cannot be fetched.

    Senders that know no older policy go on as if there were none; those that do keep to it, though it may be out of date.
    """
    effect = announced.effect
    if effect.policy is not None:
        return
    if effect.status is RecordStatus.UNKNOWN:
        yield Unknown(effect.reason)
    else:
        told = f"https://{announced.fetch.host}/.well-known/mta-sts.txt: {effect.reason}"
        yield Evidence(told, fill={"sign": _curl_says(announced.fetch)})


_CURL = {
    FetchOutcome.FETCHED: "curl: (60)",  # the certificate is at fault
    FetchOutcome.NO_ADDRESS: "curl: (6)",
    FetchOutcome.REFUSED: "curl: (7)",
    FetchOutcome.UNREACHABLE: "curl: (7)",
    FetchOutcome.TLS_FAILED: "curl: (35)",
}


def _curl_says(fetch: PolicyFetch) -> str:
    return str(fetch.status) if fetch.outcome is FetchOutcome.STATUS else _CURL.get(fetch.outcome, "")


@check(
    id="STS004",
    name="sts-policy-invalid",
    severity=Severity.HIGH,
    reference="RFC 8461 §3.2",
    remediation="Correct the file: version, mode, max_age, and an mx line for each exchange, one key: value a line.",
    reproduce=FETCH + "\n# expect: 200",
)
def sts_policy_invalid(fetched: StsFetched) -> Iterator[Result]:
    """The MTA-STS policy breaks the rules of its format.

    Senders disregard the whole file.
    """
    if fetched.policy.faults:
        yield Evidence("; ".join(fetched.policy.faults))


@check(
    id="STS007",
    name="sts-testing",
    severity=Severity.LOW,
    reference="RFC 8461 §5",
    remediation="Read the reports (TLS-RPT); when they show no failure, set mode: enforce and change the id.",
    reproduce=FETCH + "\n# expect: mode: testing",
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
    reproduce=FETCH + "\n# expect: mode: none",
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
    reproduce=FETCH + "\n# expect: max_age: {sign}",
)
def sts_max_age_short(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy is remembered for less than two weeks.

    The shorter it is kept, the more often an attacker gets the chance to make it vanish; under a day it protects next to nothing.
    """
    max_age = force.policy.max_age_seconds
    if force.effect.mode is StsMode.NONE:
        yield NotApplicable("the policy is in mode none, where a short time is right")
    elif max_age is not None and max_age < SHORT_SECONDS:
        yield Evidence(f"max_age: {max_age} s", Severity.LOW if max_age < DAY_SECONDS else None, {"sign": str(max_age)})


@check(
    id="STS010",
    name="sts-content-type",
    severity=Severity.LOW,
    reference="RFC 8461 §3.2",
    remediation="Serve the policy as text/plain.",
    reproduce=FETCH + "\n# expect: {sign}",
)
def sts_content_type(fetched: StsFetched) -> Iterator[Result]:
    """The MTA-STS policy is not served as plain text.

    Some senders refuse it for that.
    """
    if fault := content_type_fault(fetched.fetch):
        yield Evidence(fault, fill={"sign": fetched.fetch.content_type})


@check(
    id="STS013",
    name="sts-policy-oddities",
    severity=Severity.INFO,
    reference="RFC 8461 §3.2; RFC 9112 §6.3",
    remediation="Keep to version, mode, mx and max_age, one a line and without empty lines; have the server say how long the file is.",
    reproduce=FETCH + "\n# expect: 200",
)
def sts_policy_oddities(fetched: StsFetched) -> Iterator[Result]:
    """Parts of the MTA-STS policy are passed over, or not read alike by all senders.

    What is passed over was meant to do something; what is read in two ways works with some senders only.
    """
    if odd := (*fetched.policy.notes, *fetched.fetch.notes):
        yield Evidence("; ".join(odd))


@check(
    id="STS012",
    name="sts-certificate-ends-soon",
    severity=Severity.MEDIUM,
    reference="RFC 8461 §3.3",
    remediation="Renew the certificate of the policy host, and let it renew itself from then on.",
    reproduce="openssl s_client -connect mta-sts.{domain}:443 -servername mta-sts.{domain} </dev/null | openssl x509 -noout -enddate\n# expect: notAfter={date}",
)
def sts_certificate_ends_soon(announced: StsAnnounced) -> Iterator[Result]:
    """The certificate of the MTA-STS policy host expires soon.

    Within thirty days, or the last quarter of a shorter life, it would have been renewed by now; from then on the MTA-STS policy cannot be fetched, and that is noticed by nobody but senders.
    """
    certificate = announced.certificate
    if certificate is None:
        yield NotApplicable("no certificate was seen")
    elif certificate.not_before is None or certificate.not_after is None:
        yield Unknown(UNREADABLE)
    elif certificate.not_after < announced.at:
        yield NotApplicable("the certificate has expired")
    elif ends_soon(certificate.not_before, certificate.not_after, announced.at):
        days = (certificate.not_after - announced.at).days
        told = f"expires {certificate.not_after:%Y-%m-%d}, in {days} days"
        yield Evidence(told, fill=dated(certificate.not_after))
