"""Every record the journal holds, with every field drawn from its annotation, reads back equal."""

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.config import Config
from auditor.journal import Journal
from auditor.journal.codec import decode, encode
from auditor.model.certificate import Certificate
from auditor.model.dns import Answer
from auditor.model.session import SmtpSession
from auditor.model.target import Reject, Target

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"])),
    int: st.integers(-(2**62), 2**62),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    bytes: st.binary(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    type(None): st.none(),
}


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation; a field that is added to a record is drawn too."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    names = [field.name for field in fields(hint)] if is_dataclass(hint) else getattr(hint, "_fields", ())
    if names:
        hints = get_type_hints(hint)
        return st.builds(hint, **{name: drawn(hints[name]) for name in names})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    arguments = get_args(hint)
    if get_origin(hint) in {Union, types.UnionType}:
        return st.one_of(*map(drawn, arguments))
    assert get_origin(hint) is tuple, hint
    if arguments[-1] is Ellipsis:
        return st.lists(drawn(arguments[0]), max_size=3).map(tuple)
    return st.tuples(*map(drawn, arguments))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Target, Reject, Answer, SmtpSession])
@settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_record_reads_back_equal(kind: Any, data: st.DataObject) -> None:
    record = data.draw(drawn(kind))
    again = decode(kind, encode(record))
    assert again == record
    assert encode(again) == encode(record)


@pytest.mark.slow
@settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(certificate=drawn(Certificate))
def test_a_certificate_comes_back_from_the_journal_to_the_octet(tmp_path: Path, certificate: Certificate) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    with Journal.create(folder, Config(), BEGAN) as journal:
        journal.certificate_seen(certificate)
        assert journal.certificate(certificate.sha256) == certificate
        assert list(journal.certificates()) == [certificate]


@pytest.mark.parametrize("text", ["caf\udce9.csv", "\ud800", "a\udcffb\U0001f4e7"])
def test_what_no_file_can_hold_is_kept_as_its_escape(text: str) -> None:
    record = Target(
        domain="a.example",
        domain_unicode="a.example",
        input="a.example",
        input_line=1,
        source=text,
        extra=((text, "plain"),),
    )
    again = decode(Target, encode(record))
    assert again.source == text.encode("utf-8", "backslashreplace").decode()
    assert again.extra == ((again.source, "plain"),)
    assert (again.domain, again.port, again.direct) == ("a.example", None, False)


@pytest.mark.parametrize("text", ['"', "\\", "\x00\x1b\u2028\u202e", "</script>", "'; DROP TABLE sessions; --"])
def test_hostile_text_is_no_more_than_text(tmp_path: Path, text: str) -> None:
    reject = Reject(source=text, line=1, text=text, reason=text)
    with Journal.create(tmp_path / "run", Config(), BEGAN) as journal:
        journal.reject(reject)
        journal.set_meta(text, {text: text})
        assert list(journal.rejects()) == [reject]
        assert journal.meta(text) == {text: text}
