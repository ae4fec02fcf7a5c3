"""DKIM key records: what is a key, and why a verifier cannot use one."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.dkim import DkimKey
from auditor.policy.dkim import parse_key

NAME = "s1._domainkey.example.com"
WRAPPED, BARE = PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1


def rsa(bits: int, form: PublicFormat = WRAPPED) -> str:
    """A key whose modulus nobody can use, but which has the right size."""
    key = RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()
    return b64encode(key.public_bytes(Encoding.DER, form)).decode()


ELLIPTIC = b64encode(derive_private_key(7, SECP256R1()).public_key().public_bytes(Encoding.DER, WRAPPED)).decode()
RSA = rsa(2048)
ED25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # of RFC 8463 appendix A
# The 1024 bits of RFC 6376 appendix C, folded as they stand there.
APPENDIX_C = """MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ
               KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt
               IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v
               /RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi
               tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"""


def key_of(text: str) -> DkimKey:
    key = parse_key("s1", NAME, text)
    assert key is not None
    assert (key.selector, key.name, key.record) == ("s1", NAME, text)
    return key


SIZES = {
    f"v=DKIM1; k=rsa; p={RSA}": ("rsa", 2048),
    f"v=DKIM1; p={RSA}": ("rsa", 2048),
    f"p={RSA};": ("rsa", 2048),
    f"k=RSA; p={rsa(4096)}": ("rsa", 4096),
    f"v=DKIM1; p={rsa(2048, BARE)}": ("rsa", 2048),
    f"v=DKIM1; p={rsa(768)}": ("rsa", 768),
    f"v=DKIM1; p={APPENDIX_C}": ("rsa", 1024),
    f"v=DKIM1; k=ed25519; p={ED25519}": ("ed25519", 256),
    f"v=DKIM1; k=ed25519; p={ED25519.rstrip('=')}": ("ed25519", 256),
    f"v=DKIM1; k=ed25519; p= 11qY\t{ED25519[4:20]} \r\n {ED25519[20:]} ; n=x": ("ed25519", 256),
}


@pytest.mark.parametrize("text", SIZES)
def test_type_and_size(text: str) -> None:
    key = key_of(text)
    assert (key.key_type, key.key_bits) == SIZES[text]
    assert key.usable
    assert not key.revoked


WORDS = {
    "": (False, ()),
    "t=y": (True, ()),
    "t=s": (False, ()),
    "t= s : Y": (True, ()),
    "h=sha256": (False, ("sha256",)),
    "h=sha1 : sha256": (False, ("sha1", "sha256")),
    "h=sha1:sha3": (False, ("sha1",)),
    "s=email": (False, ()),
    "s=tlsrpt:*": (False, ()),
    "g=; later=x; n=a note": (False, ()),
}


@pytest.mark.parametrize("tags", WORDS)
def test_flags_hashes_and_what_is_ignored(tags: str) -> None:
    key = key_of(f"v=DKIM1; {tags}; p={RSA}" if tags else f"v=DKIM1; p={RSA}")
    assert (key.testing, key.hashes, key.faults) == (*WORDS[tags], ())


@pytest.mark.parametrize("text", ["v=DKIM1; p=", "p=", "v=DKIM1; k=rsa; p= ;", "v=DKIM1; k=later; p="])
def test_a_key_without_data_is_revoked(text: str) -> None:
    key = key_of(text)
    assert (key.revoked, key.usable, key.key_bits, key.faults) == (True, False, None, ())


OCTETS = len(b64decode(RSA))
FAULTS = {
    f"v=DKIM1; k=rsa; p={RSA[:248]}": f"p is cut off: 186 of {OCTETS} octets",
    f"v=DKIM1; p={rsa(1024)[:100]}": "p is cut off: 75 of 162 octets",
    f"v=DKIM1; p={ELLIPTIC}": "p is no RSA key",
    f"v=DKIM1; p={ED25519}": "p is no RSA key",
    "v=DKIM1; p=MA==": "p is no RSA key",
    "v=DKIM1; p=MIQAAAAA": "p is no RSA key",
    f"v=DKIM1; p={RSA}AAAA": "p is no RSA key",
    "v=DKIM1; p=none": "p is no RSA key",
    "v=DKIM1; p=abcde": "p is no base64",
    "v=DKIM1; p=MII*": "p is no base64",
    f"v=DKIM1; k=ed25519; p={RSA}": f"p is no Ed25519 key: {OCTETS} octets, not 32",
    f"v=DKIM1; k=dsa; p={RSA}": "k: 'dsa' is no type of key that is known",
    "v=DKIM1": "p is missing",
    "v=DKIM1; k=rsa": "p is missing",
    f"v=DKIM1; h=sha3; p={RSA}": "h: 'sha3' names no hash that is known",
    f"v=DKIM1; s=tlsrpt; p={RSA}": "s: 'tlsrpt' is not for mail",
    f"v=DKIM2; p={RSA}": "v: 'DKIM2' is not DKIM1, so that the record is discarded",
    f"v=dkim1; p={RSA}": "v: 'dkim1' is not DKIM1, so that the record is discarded",
    f"v=DKIM1\\; p={RSA}": "v: 'DKIM1\\\\' is not DKIM1, so that the record is discarded",
    f"k=rsa; v=DKIM1; p={RSA}": "v is not the first tag",
    f"v=DKIM1; p={RSA}; p=": "tag p more than once",
    f"v=DKIM1;; p={RSA}": "nothing between two semicolons",
    f"v=DKIM1; p={RSA}; note": "no equals sign in 'note'",
    f'"v=DKIM1; p={RSA}': "no name of a tag: '\"v'",
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults(text: str) -> None:
    key = key_of(text)
    assert key.faults == (FAULTS[text],)
    assert not key.usable


@pytest.mark.parametrize(
    "text",
    ["", "v=spf1 -all", "v=DMARC1; p=none", "v=STSv1; id=1", "v=TLSRPTv1; rua=mailto:a@example.com", "k=rsa", "hello"],
)
def test_other_records_are_no_keys(text: str) -> None:
    assert parse_key("s1", NAME, text) is None


octets = st.text(st.characters(max_codepoint=255))
public = st.binary(max_size=80).map(lambda raw: b64encode(raw).decode())
damaged = st.tuples(st.integers(0, 300), st.binary(max_size=4)).map(
    lambda cut: b64encode(b64decode(RSA)[: cut[0]] + cut[1]).decode()
)


@given(
    st.sampled_from(["", "v=DKIM1;", "k=ed25519;"]),
    octets | public.map("p={}".format) | damaged.map("p={}".format),
)
def test_any_text_is_read_and_a_usable_key_has_a_size(begin: str, rest: str) -> None:
    key = parse_key("s1", NAME, begin + rest)
    assert key is None or key.usable is (key.key_bits is not None and not key.faults)


def test_a_fault_that_is_repeated_is_named_once() -> None:
    assert key_of(f"v=DKIM1;;;;; p={RSA}").faults == ("nothing between two semicolons",)
