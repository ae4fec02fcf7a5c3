"""What a domain does with mail: declared, or inferred from its MX records and SPF."""

import pytest

from auditor.model.dkim import DkimAudit, DkimStatus
from auditor.model.dmarc import DmarcAudit, DmarcStatus
from auditor.model.mta_sts import StsRecord
from auditor.model.published import (
    BimiRecord,
    CaaSet,
    Published,
    RecordStatus,
    Role,
    RoleReason,
    TlsRptRecord,
)
from auditor.model.route import MailRoute, MxStatus
from auditor.model.spf import SpfAll, SpfAudit, SpfStatus
from auditor.model.target import Target
from auditor.policy.role import role_of, says_nobody

DOMAIN = "example.com"
SPF = {
    "none": SpfAudit(domain=DOMAIN, status=SpfStatus.NONE),
    "nobody": SpfAudit(domain=DOMAIN, status=SpfStatus.VALID, all=SpfAll.FAIL),
    "nobody, softly": SpfAudit(domain=DOMAIN, status=SpfStatus.VALID, all=SpfAll.SOFTFAIL),
    "somebody": SpfAudit(domain=DOMAIN, status=SpfStatus.VALID, all=SpfAll.FAIL, authorises=True),
    "broken": SpfAudit(domain=DOMAIN, status=SpfStatus.PERMERROR, all=SpfAll.FAIL),
    "unknown": SpfAudit(domain=DOMAIN, status=SpfStatus.TEMPERROR),
    "unknown in part": SpfAudit(domain=DOMAIN, status=SpfStatus.TEMPERROR, networks=("192.0.2.1/32",), authorises=True),
}
RECEIVER = {
    "none": Role.SENDS_RECEIVES,
    "nobody": Role.RECEIVES,
    "nobody, softly": Role.SENDS_RECEIVES,
    "somebody": Role.SENDS_RECEIVES,
    "broken": Role.SENDS_RECEIVES,
    "unknown": Role.UNKNOWN,
    "unknown in part": Role.SENDS_RECEIVES,
}
NO_RECEIVER = {
    "none": Role.PARKED,
    "nobody": Role.PARKED,
    "nobody, softly": Role.PARKED,
    "somebody": Role.SENDS,
    "broken": Role.PARKED,
    "unknown": Role.UNKNOWN,
    "unknown in part": Role.SENDS,
}
WEB_SITE = {
    "none": Role.UNKNOWN,
    "nobody": Role.PARKED,
    "nobody, softly": Role.UNKNOWN,
    "somebody": Role.SENDS,
    "broken": Role.UNKNOWN,
    "unknown": Role.UNKNOWN,
    "unknown in part": Role.SENDS,
}
NOTHING = dict.fromkeys(SPF, Role.UNKNOWN)
INFERRED = {
    MxStatus.MX: RECEIVER,
    MxStatus.NULL_WITH_OTHERS: RECEIVER,
    MxStatus.UNUSABLE: RECEIVER,
    MxStatus.NULL: NO_RECEIVER,
    MxStatus.NONE: NO_RECEIVER,
    MxStatus.IMPLICIT: WEB_SITE,
    MxStatus.NXDOMAIN: NOTHING,
    MxStatus.DIRECT: NOTHING,
    MxStatus.SERVFAIL: NOTHING,
    MxStatus.REFUSED: NOTHING,
    MxStatus.TIMEOUT: NOTHING,
    MxStatus.BOGUS: NOTHING,
    MxStatus.MALFORMED: NOTHING,
}


def published(spf: SpfAudit) -> Published:
    return Published(
        domain=DOMAIN,
        spf=spf,
        dmarc=DmarcAudit(domain=DOMAIN, status=DmarcStatus.NONE),
        dkim=DkimAudit(domain=DOMAIN, status=DkimStatus.UNKNOWN),
        mta_sts=StsRecord(),
        tls_rpt=TlsRptRecord(status=RecordStatus.NONE),
        bimi=BimiRecord(status=RecordStatus.NONE),
        caa=CaaSet(name=DOMAIN),
    )


def role(status: MxStatus, spf: SpfAudit | None, **columns: str) -> RoleReason:
    target = Target(
        domain=DOMAIN,
        domain_unicode=DOMAIN,
        input=DOMAIN,
        input_line=1,
        source="-",
        extra=tuple(columns.items()),
    )
    return role_of(target, MailRoute(domain=DOMAIN, status=status), None if spf is None else published(spf))


@pytest.mark.parametrize("spf", SPF)
@pytest.mark.parametrize("status", MxStatus)
def test_role_inferred(status: MxStatus, spf: str) -> None:
    found = role(status, SPF[spf])
    assert (found.role, found.declared) == (INFERRED[status][spf], False)
    assert found.reason


@pytest.mark.parametrize("status", MxStatus)
def test_without_a_survey_the_role_is_unknown(status: MxStatus) -> None:
    assert role(status, None).role is Role.UNKNOWN


@pytest.mark.parametrize(
    ("status", "spf", "reason"),
    [
        (MxStatus.MX, "unknown", "it has MX records; its SPF record gave no fact"),
        (MxStatus.NULL, "unknown", "it has a null MX; its SPF record gave no fact"),
        (MxStatus.NONE, "nobody", "it has neither MX nor address, and no SPF that lets anybody send"),
        (MxStatus.IMPLICIT, "unknown", "it has no MX record; its SPF record gave no fact"),
        (MxStatus.IMPLICIT, "nobody, softly", "it has an address, no MX record, and no SPF that tells"),
        (MxStatus.NXDOMAIN, "none", "the domain does not exist"),
        (MxStatus.BOGUS, "none", "the MX lookup gave no fact (bogus)"),
    ],
)
def test_reason_names_what_was_seen(status: MxStatus, spf: str, reason: str) -> None:
    assert role(status, SPF[spf]).reason == reason


@pytest.mark.parametrize("status", MxStatus)
@pytest.mark.parametrize(
    ("columns", "declared"),
    [
        ({"role": "sends-receives"}, Role.SENDS_RECEIVES),
        ({"role": "receives"}, Role.RECEIVES),
        ({"Role ": " SENDS "}, Role.SENDS),
        ({"role": "parked", "parked": "no"}, Role.PARKED),
        ({"role": "sends", "parked": "yes"}, Role.SENDS),
        ({"parked": "Yes"}, Role.PARKED),
        ({"PARKED": "1", "role": ""}, Role.PARKED),
        ({"parked": "x", "role": "unknown"}, Role.PARKED),
    ],
)
def test_what_the_list_says_goes_before_what_the_records_say(
    status: MxStatus, columns: dict[str, str], declared: Role
) -> None:
    found = role(status, SPF["somebody"], **columns)
    assert (found.role, found.declared) == (declared, True)
    assert found.reason.startswith("the list's column ")


@pytest.mark.parametrize(
    ("columns", "added"),
    [
        ({}, ""),
        ({"role": "unknown", "parked": "no"}, ""),
        ({"role": " ", "parked": "FALSE"}, ""),
        ({"owner": "parked"}, ""),
        ({"role": "mailer"}, "; the list's column role says 'mailer', which is not understood"),
        ({"parked": "maybe"}, "; the list's column parked says 'maybe', which is not understood"),
        ({"role": "x" * 999}, f"; the list's column role says '{'x' * 40}', which is not understood"),
    ],
)
def test_a_column_that_cannot_be_read_is_named_and_the_role_inferred(columns: dict[str, str], added: str) -> None:
    found = role(MxStatus.NULL, SPF["nobody"], **columns)
    assert (found.role, found.declared) == (Role.PARKED, False)
    assert found.reason == f"it has a null MX, and no SPF that lets anybody send{added}"


@pytest.mark.parametrize(
    ("role", "sends", "receives"),
    [
        (Role.SENDS_RECEIVES, True, True),
        (Role.RECEIVES, False, True),
        (Role.SENDS, True, False),
        (Role.PARKED, False, False),
        (Role.UNKNOWN, None, None),
    ],
)
def test_what_a_role_means(role: Role, sends: bool | None, receives: bool | None) -> None:
    found = RoleReason(role=role, reason="")
    assert (found.sends, found.receives) == (sends, receives)


@pytest.mark.parametrize("spf", SPF)
def test_a_record_says_that_nobody_sends_if_it_is_valid_and_all_fail(spf: str) -> None:
    assert says_nobody(SPF[spf]) is (spf == "nobody")
