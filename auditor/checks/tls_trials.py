"""TLS: what a server accepts of a client that offers little (``--tls-versions``)."""

from collections.abc import Iterator

from auditor.checks.by_hand import SHA256, SHAKE_HANDS, with_options
from auditor.checks.core import Evidence, NotApplicable, Result, Unknown, check
from auditor.checks.facts import Trials
from auditor.checks.tls import OLD_ALONE, raised, strict
from auditor.model.finding import Severity
from auditor.model.tls_trial import TlsOffer, TlsTrial

BROKEN_DH_BITS, SHORT_DH_BITS = 1024, 2048
_OLD = (TlsOffer.SSL_3, TlsOffer.TLS_1_0, TlsOffer.TLS_1_1)


def _unknown(*trials: TlsTrial | None) -> Unknown | None:
    """Why it is not known what came of these trials; nothing where it is."""
    for trial in trials:
        if trial is not None and trial.accepted is None:
            return Unknown(f"{trial.offer}: {trial.words or 'no answer'}")
    return None


@check(
    id="TLS010",
    name="tls-old-accepted",
    severity=Severity.LOW,
    reference="RFC 8996 §4, §5; RFC 9325 §3.1.1; RFC 8997 §3",
    remediation="Disable SSL 3, TLS 1.0 and TLS 1.1 (Postfix: smtpd_tls_protocols = >=TLSv1.2).",
    reproduce=OLD_ALONE + "\n# note: an OpenSSL built without old versions cannot show this",
)
def tls_old_accepted(trials: Trials) -> Iterator[Result]:
    """Versions of TLS older than 1.2 are accepted.

    They are deprecated; who stands between can hold a session with them. On the port between servers they are still better than clear text; where people log in there is no excuse.
    """
    accepted = [str(offer) for offer in _OLD if trials.accepts(offer)]
    if accepted:
        severity = Severity.HIGH if strict(trials.endpoint) else Severity.MEDIUM if "SSLv3" in accepted else None
        yield Evidence(f"accepted: {', '.join(accepted)}", severity, {"sign": accepted[-1]})
    elif unknown := _unknown(*(trials.session.trial(offer) for offer in _OLD)):
        yield unknown


@check(
    id="TLS011",
    name="tls-12-not-accepted",
    severity=Severity.HIGH,
    reference="RFC 9325 §3.1.1",
    remediation="Enable TLS 1.2 and 1.3.",
    reproduce=with_options("-tls1_2") + "\n# expect: Cipher is (NONE)",
)
def tls_12_not_accepted(trials: Trials) -> Iterator[Result]:
    """Neither TLS 1.2 nor TLS 1.3 is accepted.

    Senders that keep to what is recommended find no version in common, and mail goes in clear text or not at all.
    """
    if not any(trials.accepts(offer) for offer in (TlsOffer.TLS_1_2, TlsOffer.TLS_1_3)):
        yield _unknown(trials.session.trial(TlsOffer.TLS_1_2), trials.session.trial(TlsOffer.TLS_1_3)) or Evidence(
            "neither is accepted"
        )


@check(
    id="TLS012",
    name="tls-13-not-accepted",
    severity=Severity.INFO,
    reference="RFC 9325 §3.1.1; RFC 8446 §1.2",
    remediation="Enable TLS 1.3, which current software has on by default.",
    reproduce=with_options("-tls1_3") + "\n# expect: Cipher is (NONE)",
)
def tls_13_not_accepted(trials: Trials) -> Iterator[Result]:
    """TLS 1.3 is not accepted.

    It is the version without old mistakes, and with fewer round trips.
    """
    if not trials.accepts(TlsOffer.TLS_1_3):
        trial = trials.session.trial(TlsOffer.TLS_1_3)
        yield _unknown(trial) or Evidence(f"TLS 1.3: {trial.words if trial is not None else 'not accepted'}")


@check(
    id="TLS013",
    name="static-keys-accepted",
    severity=Severity.LOW,
    reference="RFC 9325 §4.1, §7.3",
    remediation="Disable cipher suites with RSA key exchange (OpenSSL: !kRSA).",
    reproduce=with_options("-tls1_2 -cipher kRSA") + "\n# expect no: Cipher is (NONE)",
)
def static_keys_accepted(trials: Trials) -> Iterator[Result]:
    """Cipher suites without forward secrecy are accepted.

    With a client that knows no better, who records the mail today and obtains the key later can read it all.
    """
    trial = trials.session.trial(TlsOffer.STATIC)
    if trial is not None and trial.accepted:
        yield Evidence(f"{trial.version} {trial.cipher}")
    elif unknown := _unknown(trial):
        yield unknown


@check(
    id="TLS014",
    name="weak-suites-accepted",
    severity=Severity.MEDIUM,
    reference="RFC 9325 §4.1; RFC 7465 §2; RFC 8429 §2",
    remediation="Disable RC4, DES, 3DES, IDEA, SEED, export, NULL and anonymous cipher suites.",
    reproduce="nmap -Pn -n -p {port} --script +ssl-enum-ciphers {address}\n# expect: {sign}",
)
def weak_suites_accepted(trials: Trials) -> Iterator[Result]:
    """Cipher suites that are broken, or protect nothing, are accepted.

    Who stands between a careless client and the server can make them use one.
    """
    trial = trials.session.trial(TlsOffer.WEAK)
    if trial is not None and trial.accepted:
        # Senders do not check who the server is on port 25, so a suite that does not say takes nothing away there.
        mild = "_anon_" in trial.cipher and "AES" in trial.cipher and not strict(trials.endpoint)
        weight = Severity.INFO if mild else raised(trials.endpoint)
        yield Evidence(f"{trial.version} {trial.cipher}", weight, {"sign": trial.cipher})
    elif unknown := _unknown(trial):
        yield unknown


@check(
    id="TLS015",
    name="dh-group-short",
    severity=Severity.LOW,
    reference="RFC 9325 §4.1; RFC 7919 §1",
    remediation="Use a group of 2048 bits or more (Postfix: leave smtpd_tls_dh1024_param_file empty), or elliptic curves alone.",
    reproduce=with_options("-tls1_2 -cipher DHE@SECLEVEL=0") + "\n# expect: Temp Key: DH, {sign} bits",
)
def dh_group_short(trials: Trials) -> Iterator[Result]:
    """The finite field of its Diffie-Hellman key exchange is too small.

    Groups of 1024 bits can be broken by whoever can pay for it, smaller ones by anybody.
    """
    trial = trials.session.trial(TlsOffer.FINITE_FIELD)
    if trial is None or trial.accepted is False:
        yield NotApplicable("no key exchange in a finite field is accepted")
    elif trial.accepted is None or trial.dh_bits is None:
        yield _unknown(trial) or Unknown("the size of the group was not seen")
    elif trial.dh_bits < SHORT_DH_BITS:
        weight = Severity.MEDIUM if trial.dh_bits < BROKEN_DH_BITS else None
        yield Evidence(f"{trial.dh_bits} bits", weight, {"sign": str(trial.dh_bits)})


@check(
    id="TLS016",
    name="sni-needed",
    severity=Severity.INFO,
    reference="RFC 6066 §3; RFC 8461 §7.1; RFC 7672 §8.1",
    remediation="Let the certificate that is shown to clients without SNI be valid for the exchange too, if older senders matter.",
    reproduce=SHAKE_HANDS.replace(" -servername {exchange}", " -noservername") + SHA256 + "\n# expect no: {sign}",
)
def sni_needed(trials: Trials) -> Iterator[Result]:
    """Without SNI the server shows another certificate, or none.

    Senders that do not name the server, as older ones do, see that one.
    """
    trial = trials.session.trial(TlsOffer.NO_NAME)
    if trial is None:
        yield NotApplicable("no server name was sent to begin with")
    elif trial.accepted is False:
        yield Evidence(f"no handshake: {trial.words}", fill=_fingerprint(trials))
    elif unknown := _unknown(trial):
        yield unknown
    elif trial.leaf != trials.leaf:
        yield Evidence(f"another certificate: SHA-256 {trial.leaf}", fill=_fingerprint(trials))


def _fingerprint(trials: Trials) -> dict[str, str]:
    """Of the certificate that is shown to a client that names the server, as OpenSSL prints it."""
    octets = bytes.fromhex(trials.leaf) if len(trials.leaf) == 64 else b""  # SHA-256
    return {"sign": octets.hex(":").upper()}
