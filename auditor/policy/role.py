"""What a domain does with mail: as its owner's list says, or as its records let one suppose."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from auditor.model.published import Published, Role, RoleReason
from auditor.model.route import MailRoute, MxStatus
from auditor.model.spf import SpfAll, SpfAudit, SpfStatus
from auditor.model.target import Target

ROLE_COLUMN = "role"
PARKED_COLUMN = "parked"
_DECLARABLE = {role.value for role in Role if role is not Role.UNKNOWN}
_YES = {"yes", "y", "true", "1", "x"}
_NO = {"no", "n", "false", "0", ""}
_AT_MOST_SHOWN = 40
TAKES_MAIL = {MxStatus.MX, MxStatus.NULL_WITH_OTHERS, MxStatus.UNUSABLE}
TAKES_NONE = {MxStatus.NULL, MxStatus.NONE}


def role_of(target: Target, route: MailRoute, published: Published | None) -> RoleReason:
    """The role, declared in a column ``role`` or ``parked`` of the list, or else inferred from MX and SPF.

    Who takes mail is taken to send some too, unless an SPF record says that nobody may.  A column that cannot be
    read is named in the reason.
    """
    columns = {name.strip().lower(): value.strip().lower() for name, value in target.extra}
    if (declared := _declared(columns)) is not None:
        return declared
    inferred = _inferred(route, published)
    not_read = tuple(_not_read(columns))
    return replace(inferred, reason="; ".join((inferred.reason, *not_read))) if not_read else inferred


def _declared(columns: Mapping[str, str]) -> RoleReason | None:
    stated = columns.get(ROLE_COLUMN, "")
    if stated in _DECLARABLE:
        return RoleReason(role=Role(stated), reason=f"the list's column {ROLE_COLUMN} says so", declared=True)
    if columns.get(PARKED_COLUMN, "") in _YES:
        return RoleReason(role=Role.PARKED, reason=f"the list's column {PARKED_COLUMN} says so", declared=True)
    return None


def _not_read(columns: Mapping[str, str]) -> Iterator[str]:
    """The columns whose value is none that declares anything."""
    for column, understood in ((ROLE_COLUMN, {Role.UNKNOWN.value, ""}), (PARKED_COLUMN, _NO)):
        stated = columns.get(column, "")
        if stated not in understood:
            yield f"the list's column {column} says {stated[:_AT_MOST_SHOWN]!r}, which is not understood"


def _inferred(route: MailRoute, published: Published | None) -> RoleReason:
    if route.status is MxStatus.DIRECT:
        return RoleReason(role=Role.UNKNOWN, reason="a server was named, not a domain")
    if route.status is MxStatus.NXDOMAIN:
        return RoleReason(role=Role.UNKNOWN, reason="the domain does not exist")
    if published is None or not route.status.known:
        return RoleReason(role=Role.UNKNOWN, reason=f"the MX lookup gave no fact ({route.status})")
    if route.status in TAKES_MAIL:
        return _of_receiver(published.spf)
    if route.status in TAKES_NONE:
        return _of_others(published.spf, route.status)
    return _of_implicit(published.spf)


def _of_receiver(spf: SpfAudit) -> RoleReason:
    if _may_say_nobody(spf):
        return RoleReason(role=Role.UNKNOWN, reason="it has MX records; its SPF record gave no fact")
    if says_nobody(spf):
        return RoleReason(role=Role.RECEIVES, reason="it has MX records, and SPF that lets nobody send")
    return RoleReason(role=Role.SENDS_RECEIVES, reason="it has MX records, and no SPF that lets nobody send")


def _of_others(spf: SpfAudit, status: MxStatus) -> RoleReason:
    takes_none = "it has a null MX" if status is MxStatus.NULL else "it has neither MX nor address"
    if _may_say_nobody(spf):
        return RoleReason(role=Role.UNKNOWN, reason=f"{takes_none}; its SPF record gave no fact")
    if spf.authorises:
        return RoleReason(role=Role.SENDS, reason=f"{takes_none}, and SPF that lets somebody send")
    return RoleReason(role=Role.PARKED, reason=f"{takes_none}, and no SPF that lets anybody send")


def _of_implicit(spf: SpfAudit) -> RoleReason:
    """A domain with an address and no MX is a web site more often than a mail domain."""
    if _may_say_nobody(spf):
        return RoleReason(role=Role.UNKNOWN, reason="it has no MX record; its SPF record gave no fact")
    if says_nobody(spf):
        return RoleReason(role=Role.PARKED, reason="it has no MX record, and SPF that lets nobody send")
    if spf.authorises:
        return RoleReason(role=Role.SENDS, reason="it has no MX record, and SPF that lets somebody send")
    return RoleReason(role=Role.UNKNOWN, reason="it has an address, no MX record, and no SPF that tells")


def _may_say_nobody(spf: SpfAudit) -> bool:
    """Whether it is left open by a lookup that failed if anybody may send."""
    return spf.status is SpfStatus.TEMPERROR and not spf.networks


def says_nobody(spf: SpfAudit) -> bool:
    """Whether the record says, and says validly, that nobody sends: ``v=spf1 -all``."""
    return spf.status is SpfStatus.VALID and spf.all is SpfAll.FAIL and not spf.authorises
