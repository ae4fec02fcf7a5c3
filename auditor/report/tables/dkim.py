"""``dkim``: a row per key that a domain publishes."""

from auditor.report.columns import Column, Kind, Table
from auditor.report.rows import DkimRow

DKIM: Table[DkimRow] = Table(
    name="dkim",
    meaning="A row per domain and DKIM key found (RFC 6376 §3.6.1). Selectors cannot be listed: a domain may publish "
    "keys at others than those that were asked for.",
    columns=(
        Column(name="domain", meaning="The domain", value=lambda row: row.domain),
        Column(name="selector", meaning="The selector", value=lambda row: row.key.selector),
        Column(
            name="name",
            meaning="The name at which the key stands, such as `s1._domainkey.example.com`",
            value=lambda row: row.key.name,
        ),
        Column(
            name="canonical_name",
            meaning="Where its CNAME leads, mostly to who signs; empty where it is none",
            value=lambda row: row.key.canonical_name or None,
        ),
        Column(name="key_type", meaning="`rsa` or `ed25519` (`k=`)", value=lambda row: row.key.key_type),
        Column(
            name="key_bits",
            meaning="Size of the key in bits; empty where there is none that can be read",
            kind=Kind.INTEGER,
            value=lambda row: row.key.key_bits,
        ),
        Column(
            name="usable",
            meaning="Whether a verifier can use it",
            kind=Kind.BOOLEAN,
            value=lambda row: row.key.usable,
        ),
        Column(
            name="revoked",
            meaning="Whether `p=` is empty",
            kind=Kind.BOOLEAN,
            value=lambda row: row.key.revoked,
        ),
        Column(
            name="testing",
            meaning="Whether the domain tests DKIM (`t=y`): verifiers treat signed mail as if it were not",
            kind=Kind.BOOLEAN,
            value=lambda row: row.key.testing,
        ),
        Column(
            name="several",
            meaning="Whether several records stand there: which one a verifier takes is undefined (§3.6.2.2)",
            kind=Kind.BOOLEAN,
            value=lambda row: row.key.several,
        ),
        Column(
            name="hashes",
            meaning="Hash algorithms it is limited to (`h=`); an empty list for all",
            kind=Kind.LIST,
            value=lambda row: row.key.hashes,
        ),
        Column(
            name="faults",
            meaning="Why no verifier can use it",
            kind=Kind.LIST,
            value=lambda row: row.key.faults,
        ),
        Column(
            name="record", meaning="The record; several joined with a vertical bar", value=lambda row: row.key.record
        ),
    ),
)
