"""DKIM: the keys that a domain's mail is signed with."""

from collections.abc import Iterator

from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.inheritance import signed_from_above
from auditor.checks.published_facts import DkimKeys, Policies, Sender, Signer
from auditor.model.dkim import DkimKey, DkimStatus
from auditor.model.finding import Severity

DIG_KEY = "dig +short {selector}._domainkey.{domain} TXT"
SEE_KEY = DIG_KEY + "\n# note: the selector is s= in a DKIM-Signature of the domain's mail\n# expect: p="
LEAST_RSA_BITS = 1024
GOOD_RSA_BITS = 2048


@check(
    id="DKIM001",
    name="dkim-absent",
    severity=Severity.MEDIUM,
    reference="RFC 6376 §3.6.2; RFC 8020 §2",
    remediation="Switch on DKIM signing at whatever sends the domain's mail, and publish the keys it asks for.",
    reproduce="dig +noall +comments _domainkey.{domain} TXT\n# expect: status: NXDOMAIN\n# note: nothing exists below it, so no selector does",
)
def dkim_absent(signer: Signer) -> Iterator[Result]:
    """The domain publishes no DKIM key.

    Its mail cannot be signed in its own name; after forwarding, nothing is left to prove where it comes from.
    """
    audit = signer.published.dkim
    if audit.status is DkimStatus.ABSENT:
        if above := signed_from_above(signer.published):
            yield NotApplicable(f"no key of its own, and a key of {above} serves its mail as well (relaxed alignment)")
        else:
            yield Evidence(audit.reason or f"nothing exists below _domainkey.{audit.domain}")
    elif audit.status is DkimStatus.UNKNOWN:
        yield Unknown(f"{audit.reason or 'no selector is known'}; name those in use with --dkim-selector")


@check(
    id="DKIM002",
    name="dkim-revoked",
    severity=Severity.MEDIUM,
    reference="RFC 6376 §3.6.1",
    remediation="Publish a key again, or remove the selectors if the domain sends nothing.",
    reproduce=SEE_KEY,
)
def dkim_revoked(signer: Signer) -> Iterator[Result]:
    """Every DKIM key that was found is revoked.

    Signatures made with them fail; a domain that sends mail needs at least one key in use.
    """
    audit = signer.published.dkim
    if audit.status is DkimStatus.UNKNOWN and (audit.unanswered or audit.keys):
        yield Unknown(audit.reason)
    elif audit.status in {DkimStatus.ABSENT, DkimStatus.UNKNOWN}:
        yield NotApplicable(f"no key is known: {audit.reason or audit.status}")
    elif audit.status is DkimStatus.REVOKED:
        selectors = [key.selector for key in audit.keys] or ["made-up-name"]
        told = ", ".join(selectors) if audit.keys else "every selector, by a wildcard"
        yield Evidence(f"p= is empty: {told}", fill={"selector": selectors[0]})


@check(
    id="DKIM003",
    name="dkim-weak-key",
    severity=Severity.LOW,
    reference="RFC 8301 §3.2",
    remediation="Make a new RSA key of 2048 bits, or an Ed25519 key beside it, under a new selector.",
    reproduce=SEE_KEY,
)
def dkim_weak_key(keys: DkimKeys) -> Iterator[Result]:
    """A DKIM key is short.

    Keys under 1024 bits must not be used, for they can be factored and verifiers refuse them; 2048 are recommended.
    """
    for key in _in_use(keys):
        if key.key_type == "rsa" and key.key_bits is not None and key.key_bits < GOOD_RSA_BITS:
            severity = Severity.HIGH if key.key_bits < LEAST_RSA_BITS else Severity.LOW
            yield _at(key, f"RSA with {key.key_bits} bits", severity)


@check(
    id="DKIM004",
    name="dkim-key-broken",
    severity=Severity.MEDIUM,
    reference="RFC 6376 §3.6.1",
    remediation="Publish the record anew, as the signing software prints it; a key that was cut off in copying is the usual reason.",
    reproduce=SEE_KEY,
)
def dkim_key_broken(keys: DkimKeys) -> Iterator[Result]:
    """A DKIM key record cannot be used.

    Signatures that refer to it fail at every verifier.
    """
    for key in keys.audit.keys:
        if key.faults:
            yield _at(key, "; ".join(key.faults))


@check(
    id="DKIM005",
    name="dkim-testing",
    severity=Severity.LOW,
    reference="RFC 6376 §3.6.1 (t=y)",
    remediation="Remove t=y from the key record.",
    reproduce=SEE_KEY.removesuffix("p=") + "t=…y",
)
def dkim_testing(keys: DkimKeys) -> Iterator[Result]:
    """A DKIM key is marked as a test.

    Verifiers may treat mail signed with it as if it were not signed.
    """
    for key in _in_use(keys):
        if key.testing:
            yield _at(key, "t=y")


@check(
    id="DKIM006",
    name="dkim-several-records",
    severity=Severity.MEDIUM,
    reference="RFC 6376 §3.6.2.2",
    remediation="Keep one TXT record at each selector.",
    reproduce=DIG_KEY + " | wc -l\n# expect no: 1\n# note: more than one line, for each is a record",
)
def dkim_several_records(keys: DkimKeys) -> Iterator[Result]:
    """Several records stand at one DKIM selector.

    Which of them a verifier takes is undefined, so that signatures hold here and fail there.
    """
    for key in keys.audit.keys:
        if key.several:
            yield _at(key, key.record)


@check(
    id="DKIM007",
    name="dkim-sha1-only",
    severity=Severity.MEDIUM,
    reference="RFC 8301 §3.1",
    remediation="Remove h=sha1 from the key record, and sign with rsa-sha256.",
    reproduce=SEE_KEY.removesuffix("p=") + "h=sha1",
)
def dkim_sha1_only(keys: DkimKeys) -> Iterator[Result]:
    """A DKIM key allows SHA-1 alone.

    Verifiers must not accept such signatures any more.
    """
    for key in _in_use(keys):
        if key.hashes and set(key.hashes) == {"sha1"}:
            yield _at(key, "h=sha1")


@check(
    id="DKIM008",
    name="dkim-wildcard",
    severity=Severity.INFO,
    reference="RFC 4592 §2.1; RFC 6376 §3.6.2.1",
    remediation="Keep wildcard TXT records out of _domainkey, but for one that revokes all keys of a domain that sends nothing (`v=DKIM1; p=`).",
    reproduce='dig +short made-up-name._domainkey.{domain} TXT\n# expect: "',
)
def dkim_wildcard(sender: Sender) -> Iterator[Result]:
    """Every DKIM selector, made-up ones too, has a record.

    Whether a selector is really in use cannot be seen then.
    """
    audit = sender.published.dkim
    if audit.wildcard and not audit.wildcard_revoked:
        yield Evidence(f"a made-up selector has: {audit.wildcard}")
    elif audit.wildcard_unknown:
        yield Unknown(f"DKIM: {'; '.join(audit.unanswered)}")


@check(
    id="DKIM009",
    name="dkim-dead-alias",
    severity=Severity.LOW,
    reference="RFC 6376 §3.6.2; RFC 1034 §3.6.2",
    remediation="Remove the CNAME of a service that is no longer used; if it is, let the service publish the key again.",
    reproduce="dig +short {selector}._domainkey.{domain} CNAME\n# expect: {other}.\ndig +noall +comments {selector}._domainkey.{domain} TXT\n# expect: status: NXDOMAIN",
)
def dkim_dead_alias(policies: Policies) -> Iterator[Result]:
    """A DKIM selector is an alias of a name at which there is no key.

    Signatures that refer to it fail; and whoever gets hold of the name it leads to may sign as the domain.
    """
    audit = policies.published.dkim
    for selector in audit.dead:
        name, _, target = selector.partition(": ")
        yield Evidence(selector, fill={"selector": name, "other": target})
    if audit.unanswered and not audit.dead:
        yield Unknown(f"DKIM: {'; '.join(audit.unanswered)}")


def _in_use(keys: DkimKeys) -> Iterator[DkimKey]:
    return (key for key in keys.audit.keys if key.usable)


def _at(key: DkimKey, words: str, severity: Severity | None = None) -> Evidence:
    """What was found at a selector, which the lines to type then name."""
    return Evidence(f"{key.selector}: {words}", severity, {"selector": key.selector})
