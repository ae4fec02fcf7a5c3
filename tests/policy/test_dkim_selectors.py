"""Selectors that follow from who handles a domain's mail."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.dkim.selectors import _BY_PROVIDER, COMMON, selectors_of
from auditor.policy.public_suffix import public_suffix

SELECTOR = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?")


@pytest.mark.parametrize(
    ("names", "selectors"),
    [
        (("example-com.mail.protection.outlook.com",), ("selector1", "selector2")),
        (("example-com.a-v1.mx.microsoft",), ("selector1", "selector2")),
        (("aspmx.l.google.com", "alt1.aspmx.l.google.com", "aspmx2.googlemail.com"), ("google",)),
        (("in1-smtp.messagingengine.com",), ("fm1", "fm2", "fm3")),
        (("amazonses.com",), ()),
        ((), ()),
        (("", ".", "com", "."), ()),
    ],
)
def test_selectors_of_exchanges(names: tuple[str, ...], selectors: tuple[str, ...]) -> None:
    assert selectors_of(names, ()) == selectors
    assert selectors_of((), names) == selectors


@pytest.mark.parametrize(
    "name", ["mx.notgoogle.com", "mx.notgoogle.example", "google.com.example", "com", "outlook.com", "mx-microsoft"]
)
def test_names_that_only_look_alike_are_nobodys(name: str) -> None:
    assert selectors_of((name,), (name,)) == ()


def test_selectors_stand_once_in_the_order_in_which_providers_are_seen() -> None:
    mailchimp_twice = ("servers.mcsv.net", "mailgun.org", "servers.mcsv.net")
    assert selectors_of(("mail.protonmail.ch",), mailchimp_twice)[:7] == (
        "protonmail", "protonmail2", "protonmail3", "k1", "k2", "k3", "mx",
    )  # fmt: skip


@pytest.mark.parametrize("provider", _BY_PROVIDER)
def test_the_table_holds_names_below_a_public_suffix_and_selectors_as_they_are_asked(provider: str) -> None:
    domains, selectors = _BY_PROVIDER[provider]
    assert all(domain != public_suffix(domain) for domain in domains)
    assert all(SELECTOR.fullmatch(selector) for selector in selectors)
    assert len(set(selectors)) == len(selectors) > 0


def test_no_domain_is_of_two_providers() -> None:
    domains = [domain for domains, _ in _BY_PROVIDER.values() for domain in domains]
    assert len(set(domains)) == len(domains)


def test_the_common_ones_are_few() -> None:
    assert len(set(COMMON)) == len(COMMON) <= 12
    assert all(SELECTOR.fullmatch(selector) for selector in COMMON)


@given(st.lists(st.text()), st.lists(st.text()))
def test_any_names_are_taken(exchanges: list[str], senders: list[str]) -> None:
    found = selectors_of(exchanges, senders)
    assert len(set(found)) == len(found)
