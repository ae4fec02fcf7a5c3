"""A zone signed without a name server, so that some of its signatures can be wrong."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import dns.dnssec
import dns.name
import dns.rrset
import dns.transaction
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.DNSKEY import DNSKEY

Keys = list[tuple["dns.dnssec.PrivateKey", DNSKEY]]
_DAY = timedelta(days=1)


def signed(origin: str, text: str, *, forged: Collection[str] = (), late: Collection[str] = ()) -> tuple[str, str]:
    """The zone with signatures, and the DS record data for its parent.

    What stands at a name of ``forged`` is signed with another key than the
    zone's; the signatures at names of ``late`` ended a day ago.
    """
    zone = dns.zone.from_text(text, origin=origin, relativize=False)
    apex = dns.name.from_text(origin)
    own, stranger = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    public = dns.dnssec.make_dnskey(own.public_key(), "ECDSAP256SHA256", flags=257)
    now = datetime.now(UTC)
    wrong, ended = ({dns.name.from_text(name, apex) for name in names} for names in (forged, late))

    def sign(transaction: dns.transaction.Transaction, rrset: dns.rrset.RRset) -> None:
        keys: Keys = [(stranger if rrset.name in wrong else own, public)]
        until = now - _DAY if rrset.name in ended else now + _DAY
        dns.dnssec.default_rrset_signer(
            transaction, rrset, apex, keys, keys, inception=now - 7 * _DAY, expiration=until, origin=apex
        )

    dns.dnssec.sign_zone(zone, keys=[(own, public)], rrset_signer=sign)
    return zone.to_text(relativize=False), str(dns.dnssec.make_ds(apex, public, "SHA256"))
