"""TLSA records in presentation format, and why mail clients may not use them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.dane.record import read_record
from tests.policy.dane_world import leaf, record, tlsa_text

SHA_256, SHA_512 = "ab" * 32, "cd" * 64

PUBLISHED = [
    # RFC 6698 §2.3
    "0 0 1 d2abde240d7cd3ee6b4b28c54df034b9 7983a1d16e8a410e4561cb106618e971",
    (
        "1 1 2 92003ba34942dc74152e2f2c408d29ec a5a520e7f2e06bb944f4dca346baf63c"
        " 1b177615d466f6c4b71c216a50292bd5 8c9ebdd2f74e38fe51ffd48c43326cbc"
    ),
]


@pytest.mark.parametrize("text", PUBLISHED)
def test_the_rfcs_own_examples_are_read_and_are_not_for_mail_servers(text: str) -> None:
    read = read_record(text)
    numbers, data = text[:5], "".join(text[5:].split())
    assert (f"{read.usage} {read.selector} {read.matching}", read.data) == (numbers, data)
    assert read.fault.endswith("is not used between mail servers")


@pytest.mark.parametrize(
    "text", [f"3 1 1 {SHA_256}", f" 3  1\t1 {SHA_256[:20]} {SHA_256[20:]} ", f"3 1 1 {SHA_256.upper()}"]
)
def test_white_space_and_case_do_not_matter(text: str) -> None:
    read = read_record(text)
    assert (read.usage, read.selector, read.matching, read.data, read.fault) == (3, 1, 1, SHA_256, "")


@pytest.mark.parametrize("selector", [0, 1])
@pytest.mark.parametrize("usage", [2, 3])
def test_usages_2_and_3_are_usable_with_every_selector_and_matching_type(usage: int, selector: int) -> None:
    assert [record(usage, selector, matching, leaf()).fault for matching in (0, 1, 2)] == ["", "", ""]


FAULTY = [
    (f"0 0 1 {SHA_256}", "usage 0 (PKIX-TA) is not used between mail servers"),
    (f"1 1 1 {SHA_256}", "usage 1 (PKIX-EE) is not used between mail servers"),
    (f"4 1 1 {SHA_256}", "usage 4 is not defined"),
    (f"255 1 1 {SHA_256}", "usage 255 is not defined"),
    (f"3 2 1 {SHA_256}", "selector 2 is not defined"),
    (f"3 1 3 {SHA_256}", "matching type 3 is not defined"),
    (f"3 1 1 {SHA_256[:40]}", "20 octets of data, where SHA-256 has 32"),
    (f"3 1 1 {SHA_512}", "64 octets of data, where SHA-256 has 32"),
    (f"3 1 2 {SHA_256}", "32 octets of data, where SHA-512 has 64"),
    (f"3 1 1 {SHA_256[1:]}", "an odd number of hexadecimal digits"),
    ("3 1 1", "0 octets of data, where SHA-256 has 32"),
    ("3 1 0", "the data is no public key"),
    (f"3 1 0 {SHA_256}", "the data is no public key"),
    (f"2 0 0 {SHA_256}", "the data is no certificate"),
    (tlsa_text(3, 1, 0, leaf()).replace("3 1 0", "3 0 0"), "the data is no certificate"),
    (tlsa_text(3, 0, 0, leaf()).replace("3 0 0", "3 1 0"), "the data is no public key"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTY)
def test_why_a_record_may_not_be_used(text: str, fault: str) -> None:
    assert read_record(text).fault == fault


@pytest.mark.parametrize(
    "text",
    ["", "3", "3 1", "3 1 1 xyz", "256 1 1 00", r"\# 2 0301", "-3 1 1 00", "٣ 1 1 00", "3 1 1 00\x00", "three one one"],
)
def test_what_is_no_record_says_so_and_has_no_numbers(text: str) -> None:
    read = read_record(text)
    assert (read.usage, read.selector, read.matching, read.data) == (-1, -1, -1, "")
    assert read.fault == f"no TLSA record: {text!r}"


numbers = st.integers(0, 300).map(str)


@given(st.text() | st.tuples(numbers, numbers, numbers, st.binary().map(bytes.hex)).map(" ".join))
def test_no_text_raises_and_what_may_be_used_has_data(text: str) -> None:
    read = read_record(text)
    assert read.fault or (read.usage in {2, 3} and bytes.fromhex(read.data))
    assert len(read.fault) < 400
