"""The lab's certificate authority."""

import pytest
from cryptography import x509

from auditor.errors import UsageError
from auditor.lab.certificates import KINDS, Authority


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_signed_as_it_says(authority: Authority, kind: str) -> None:
    leaf, chain = authority.issue(kind, ("mx.example",))
    how = KINDS[kind]
    known = authority.old_intermediate if how.by_old else authority.intermediate
    issuer = known if how.known_issuer else authority.stranger
    leaf.certificate.verify_directly_issued_by((leaf if how.self_signed else issuer).certificate)
    assert chain[0] is leaf
    along = how.known_issuer and how.send_intermediate and not how.self_signed
    assert len(chain) == (len(how.sent) if along else 1)


def test_the_root_vouches_for_the_intermediate_and_for_nobody_else(authority: Authority) -> None:
    authority.intermediate.certificate.verify_directly_issued_by(authority.root.certificate)
    assert authority.root.pem().startswith(b"-----BEGIN CERTIFICATE-----")
    with pytest.raises(ValueError, match=r"(?i)issuer"):
        authority.stranger.certificate.verify_directly_issued_by(authority.root.certificate)


def test_two_leaves_have_nothing_in_common(authority: Authority) -> None:
    (one, _), (other, _) = (authority.issue("good", ("mx.example",)) for _ in range(2))
    assert one.certificate.serial_number != other.certificate.serial_number
    assert one.key_pem() != other.key_pem()
    extension = one.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert not extension.value.ca


@pytest.mark.parametrize(
    ("kind", "versions"), [("splendid", ("1.2", "1.3")), ("good", ("1.2", "1.4")), ("good", ("", ""))]
)
def test_what_the_lab_does_not_have_is_an_error_of_use(
    authority: Authority, kind: str, versions: tuple[str, str]
) -> None:
    with pytest.raises(UsageError, match=r"the lab has no certificate of kind"):
        authority.server_context(kind, ("mx.example",), versions)
