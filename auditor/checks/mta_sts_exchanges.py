"""STS: what a policy in force does to the domain's exchanges."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.mta_sts import FETCH
from auditor.checks.published_facts import StsInForce
from auditor.model.finding import Severity
from auditor.model.mta_sts import StsMode
from auditor.policy.mta_sts import unused
from auditor.policy.sts_effect import ExchangeEffect
from auditor.policy.words import bounded

OFF = "the policy is in mode none"
_STOPPED = {ExchangeEffect.NOT_LISTED, ExchangeEffect.REJECTED}


@check(
    id="STS005",
    name="sts-exchange-not-listed",
    severity=Severity.HIGH,
    reference="RFC 8461 §4.1, §5",
    remediation="Add an mx line for each exchange, then change the id of the record. A wildcard stands for one label: *.example.com is not a.b.example.com.",
    reproduce=FETCH + "\n# expect: mx:\ndig +short {domain} MX\n# expect: {exchange}.",
)
def sts_exchange_not_listed(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy does not list every exchange of the domain.

    Under enforce, senders do not deliver to the exchanges that are missing; if all are, mail waits and bounces.
    """
    effect = force.effect
    if effect.mode is StsMode.NONE:
        yield NotApplicable(OFF)
        return
    listed = ", ".join(bounded(force.policy.mx))
    for exchange in effect.uncovered:
        yield Evidence(
            f"{exchange} is not matched by {listed} (mode {effect.mode})", _weight(force), {"exchange": exchange}
        )


def _weight(force: StsInForce) -> Severity | None:
    """Less where senders deliver all the same, more where there is no exchange left to which they may."""
    if force.effect.mode is not StsMode.ENFORCE:
        return Severity.MEDIUM
    return Severity.CRITICAL if {effect for _, effect in force.effect.by_exchange} <= _STOPPED else None


@check(
    id="STS006",
    name="sts-exchange-fails",
    severity=Severity.HIGH,
    reference="RFC 8461 §4.2, §5",
    remediation="Give the exchange a certificate for its own name by an authority that is trusted everywhere; or set the policy to testing until it has one.",
    reproduce=FETCH
    + "\n# expect: mx:\nopenssl s_client -starttls smtp -connect {exchange}:25 -servername {exchange} -verify_hostname {exchange} </dev/null\n# expect: {sign}",
)
def sts_exchange_fails(force: StsInForce) -> Iterator[Result]:
    """An exchange does not offer the TLS that the MTA-STS policy promises.

    Under enforce, senders do not deliver there; in testing they report it.
    """
    mode = force.effect.mode
    if mode is StsMode.NONE:
        yield NotApplicable(OFF)
        return
    for endpoint, why in force.effect.failing:
        exchange = endpoint.partition("/")[0]
        yield Evidence(
            f"{endpoint}: {why} (mode {mode})", _weight(force), {"exchange": exchange, "sign": _openssl_says(why)}
        )
    if force.effect.untested:
        yield Unknown(f"not tested: {', '.join(force.effect.untested)}")


def _openssl_says(why: str) -> str:
    """What the handshake by hand ends with; nothing where that cannot be told beforehand."""
    return next((said for word, said in _SAID.items() if word in why), "")


_SAID = {
    "STARTTLS": "no peer certificate available",
    "(self-signed)": "self-signed certificate",
    "(unknown-issuer)": "unable to get local issuer certificate",
    "(expired)": "certificate has expired",
    "(mismatch)": "hostname mismatch",
}


@check(
    id="STS011",
    name="sts-pattern-unused",
    severity=Severity.INFO,
    reference="RFC 8461 §4.1, §8.1",
    remediation="Remove the lines of exchanges that are gone; keep those of one that is about to come.",
    reproduce=FETCH + "\n# expect: mx: {sign}\ndig +short {domain} MX",
)
def sts_pattern_unused(force: StsInForce) -> Iterator[Result]:
    """The MTA-STS policy lists exchanges that the domain does not have.

    Lines of former providers let their hosts take the domain's mail, should an MX record be forged.
    """
    if patterns := unused(force.policy, force.effect.exchanges):
        yield Evidence(f"no exchange matches {', '.join(bounded(patterns))}", fill={"sign": patterns[0]})
