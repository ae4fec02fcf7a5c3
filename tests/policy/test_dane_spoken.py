"""DANE of a domain's addresses: what was spoken there, and what was presented."""

from dataclasses import replace
from typing import Any

import pytest

from auditor.model.certificate import TlsHandshake
from auditor.model.dane import DaneStatus, TlsaSet
from auditor.model.dns import Dnssec
from auditor.model.session import Blame, Outcome, Starttls
from auditor.policy.dane_effect import chain_of, domain_dane, hosts_dane, pinned_by
from auditor.protocol.replies import Reply
from tests.checks.builders import NOTHING, Spoil, all_of, first_session, on_port, route, sessions, tls
from tests.policy.dane_world import MX1, MX2, TWO_VALID, WRONG, at, both, chain, facts, own, tlsa_set

VALID, INVALID = DaneStatus.VALID, DaneStatus.INVALID
UNUSABLE, ABSENT, UNKNOWN = DaneStatus.UNUSABLE, DaneStatus.ABSENT, DaneStatus.UNKNOWN


def test_an_exchange_that_was_not_spoken_to_is_unknown_unless_the_records_settle_it() -> None:
    silent = replace(both(own(MX1), tlsa_set()), sessions={})
    assert [one.status for one in hosts_dane(silent)] == [UNKNOWN, ABSENT]
    dns_only = route(endpoints=())(silent)
    assert [(one.status, one.endpoints) for one in hosts_dane(dns_only)] == [(UNKNOWN, ()), (ABSENT, ())]


def no_tls(**changes: Any) -> dict[str, Any]:
    return {"tls": None, "ehlo_tls": None, "plaintext_after_starttls": None, **changes}


REPLY_454, REPLY_502 = Reply(454, ("later",)), Reply(502, ("never",))
FAILED = no_tls(outcome=Outcome.TLS_FAILED, starttls=Starttls.FAILED)
SPOKEN: list[tuple[dict[str, Any], DaneStatus, str]] = [
    (
        no_tls(starttls=Starttls.NOT_OFFERED),
        INVALID,
        "STARTTLS is not offered (or taken out on the way from here), and the TLSA records ask for it",
    ),
    (no_tls(starttls=Starttls.NOT_OFFERED, blame=Blame.PATH), UNKNOWN, "no certificate was seen"),
    (no_tls(starttls=Starttls.REFUSED, starttls_reply=REPLY_502), INVALID, "STARTTLS is refused"),
    (no_tls(starttls=Starttls.REFUSED, starttls_reply=REPLY_454), UNKNOWN, "no certificate was seen"),
    ({**FAILED, "blame": Blame.THEIRS}, INVALID, "the TLS handshake fails"),
    ({**FAILED, "blame": Blame.UNKNOWN}, UNKNOWN, "no certificate was seen"),
    ({**NOTHING, "outcome": Outcome.CONNECT_TIMEOUT, "starttls": Starttls.NOT_TESTED}, UNKNOWN, "no certificate"),
    ({**NOTHING, "outcome": Outcome.REFUSED, "starttls": Starttls.NOT_TESTED}, UNKNOWN, "no certificate"),
]


@pytest.mark.parametrize(("changes", "status", "why"), SPOKEN)
def test_without_a_handshake(changes: dict[str, Any], status: DaneStatus, why: str) -> None:
    dane = domain_dane(sessions(**changes)(TWO_VALID))
    assert dane.status is status
    assert why in dane.why


def test_records_that_cannot_be_used_ask_for_tls_all_the_same() -> None:
    """RFC 7672 §2.2."""
    domain = both(tlsa_set(f"1{WRONG[1:]}"), tlsa_set(f"1{WRONG[1:]}"))
    assert domain_dane(domain).status is UNUSABLE
    assert domain_dane(sessions(**no_tls(starttls=Starttls.NOT_OFFERED))(domain)).status is INVALID


@pytest.mark.parametrize("tlsa", [tlsa_set(), tlsa_set(WRONG, dnssec=Dnssec.INSECURE)])
def test_without_records_that_apply_nobody_asks_for_tls(tlsa: TlsaSet) -> None:
    assert domain_dane(sessions(**no_tls(starttls=Starttls.NOT_OFFERED))(both(tlsa, tlsa))).status is ABSENT


def test_where_it_is_not_known_whether_records_apply_no_tls_is_no_fault() -> None:
    tlsa = tlsa_set(WRONG, dnssec=Dnssec.INDETERMINATE, host=Dnssec.INDETERMINATE)
    assert domain_dane(sessions(**no_tls(starttls=Starttls.NOT_OFFERED))(both(tlsa, tlsa))).status is UNKNOWN


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.SKIPPED, VALID), (Outcome.REFUSED, VALID), (Outcome.CONNECT_TIMEOUT, UNKNOWN), (Outcome.RESET, UNKNOWN)],
)
def test_an_address_with_no_way_in_does_not_count_beside_another(outcome: Outcome, status: DaneStatus) -> None:
    spoil = first_session(outcome=outcome, starttls=Starttls.NOT_TESTED, **NOTHING)
    dane = domain_dane(spoil(TWO_VALID))
    assert dane.status is status
    assert [one[0] for _, one in dane.hosts[0].endpoints] == [UNKNOWN, VALID]


def test_one_address_that_presents_something_else_decides() -> None:
    other = TlsHandshake(version="TLSv1.3", cipher="", chain=(f"of {MX2}", "of issuer"))
    dane = domain_dane(first_session(tls=other)(TWO_VALID))
    assert (dane.status, [one[0] for _, one in dane.hosts[0].endpoints]) == (INVALID, [INVALID, VALID])


def renamed(name: str) -> Spoil:
    """Both exchanges present a certificate for another name."""
    leaves = {f"of {host}": chain(name=name)[0] for host in (MX1, MX2)}
    return lambda known: replace(known, certificates={**known.certificates, **leaves})


NEXT_HOPS = [
    ("example.com", {}, VALID),
    ("www.example.com", {}, INVALID),
    ("hosted.example.org", {}, INVALID),
    ("hosted.example.org", {"canonical_name": "hosted.example.org"}, VALID),
    (MX1, {}, INVALID),
]


@pytest.mark.parametrize(("name", "changes", "status"), NEXT_HOPS)
def test_usage_2_takes_the_next_hop_for_a_name(name: str, changes: dict[str, Any], status: DaneStatus) -> None:
    """RFC 7672 §3.2.2: the domain, its canonical name too, beside the TLSA base domain; not another exchange."""
    domain = both(own(MX1, usage=2), own(MX2, usage=2))
    assert domain_dane(all_of(renamed(name), route(**changes))(domain)).status is status


def test_usage_2_takes_the_alias_target_whose_records_apply() -> None:
    base = "host.example.org"
    aliased = replace(own(MX1, usage=2), exchange=MX1, name=f"_25._tcp.{base}")
    (host,) = hosts_dane(renamed(base)(facts(aliased)))
    assert (host.exchange, host.tlsa.base_domain, host.status) == (MX1, base, VALID)


@pytest.mark.parametrize(
    ("asked_for", "status"),
    [(MX1, UNKNOWN), ("", INVALID), ("host.example.org", INVALID)],  # without SNI every client sees the same
)
def test_a_mismatch_counts_only_for_the_name_that_senders_ask_for(asked_for: str, status: DaneStatus) -> None:
    """RFC 7672 §8.1: senders ask for the TLSA base domain; behind an alias, that is not the name in the MX record."""
    aliased = replace(at(MX1, tlsa_set(WRONG)), name="_25._tcp.host.example.org")
    (host,) = hosts_dane(tls(server_name=asked_for)(facts(aliased)))
    assert host.status is status
    assert ("was not asked for under host.example.org" in host.why) is (status is UNKNOWN)


PINNED = [
    (at(MX1, own(MX1)), {}, True),
    (at(MX1, own(MX1, usage=2)), {}, False),
    (at(MX1, tlsa_set(WRONG)), {}, False),
    (at(MX1, own(MX1)), {"dnssec": Dnssec.INSECURE}, False),
    (at(MX1, own(MX1)), {"host_dnssec": Dnssec.INDETERMINATE}, False),
]


@pytest.mark.parametrize(("tlsa", "changes", "pinned"), PINNED)
def test_a_signed_record_of_usage_3_vouches_for_the_certificate_it_matches(
    tlsa: TlsaSet, changes: dict[str, Any], pinned: bool
) -> None:
    known = facts(replace(tlsa, **changes))
    session = known.sessions[known.route.endpoints[0]]
    assert pinned_by(session, known) == (tlsa.records[0] if pinned else None)
    assert pinned_by(session, replace(known, published=None)) is None


def test_no_record_vouches_on_a_port_where_people_log_in() -> None:
    known = on_port(587)(facts(at(MX1, own(MX1), port=587)))
    assert pinned_by(known.sessions[known.route.endpoints[0]], known) is None


def test_a_chain_whose_leaf_was_not_kept_is_none_at_all() -> None:
    endpoint = TWO_VALID.route.endpoints[0]
    known = TWO_VALID.sessions[endpoint]
    assert [one.sha256 for one in chain_of(known, TWO_VALID.certificates)] == [one.sha256 for one in chain(name=MX1)]
    without = replace(TWO_VALID, certificates={"of issuer": TWO_VALID.certificates["of issuer"]})
    assert chain_of(known, without.certificates) == chain_of(None, TWO_VALID.certificates) == ()
    assert domain_dane(without).status is UNKNOWN
