"""The rows of one target in every table that has any, ready to be staged: all that judging one by one yields."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.report.columns import Stored, Table
from auditor.report.replay import Recall, domain_rows
from auditor.report.rows import AnswerRow, DkimRow, DomainRow, FindingRow
from auditor.report.sources import Judge, RecordedRun, SurveyOf
from auditor.report.tables import DKIM, DOMAINS, FINDINGS, MX, RECORDS, SPF, TLSA
from auditor.report.tables.mx import mx_row
from auditor.report.tables.spf import spf_rows
from auditor.report.tables.staged import COVERAGE, DETAILS, LINKS, Link
from auditor.report.tables.tlsa import tlsa_rows

Row = tuple[str, tuple[Stored, ...]]
"""The name of a table, and a row of it."""


@dataclass(frozen=True, slots=True)
class TargetRows:
    """What one target comes to; no rows for an address of a range at which nothing listens."""

    rows: tuple[Row, ...]


def judged_here(run: RecordedRun, survey_of: SurveyOf, judge: Judge) -> Iterator[TargetRows]:
    """The rows of each target of the run, in order, judged one after the other."""
    return rows_of(domain_rows(run, Recall(run), survey_of, judge), run)


def rows_of(judged: Iterable[DomainRow], run: RecordedRun) -> Iterator[TargetRows]:
    """The rows of judged targets, in their order."""
    ad_trusted = run.validation is not None and run.validation.trusted
    for row in judged:
        yield TargetRows((*_of_domain(row), *_published(row), *_answers(row, ad_trusted)) if row.is_there else ())


def _row(table: Table[DomainRow], row: DomainRow) -> Row:
    return table.name, table.row(row)


def _of_domain(row: DomainRow) -> Iterator[Row]:
    yield from (_row(table, row) for table in (DOMAINS, DETAILS, COVERAGE))
    if row.facts is not None and row.effects is not None:
        for exchange in row.facts.route.exchanges:
            yield MX.name, MX.row(mx_row(row.facts, row.effects, exchange))
        for endpoint in row.facts.route.endpoints:
            yield LINKS.name, LINKS.row(Link(endpoint))
    if row.judged is not None:
        for finding in row.judged.findings:
            yield FINDINGS.name, FINDINGS.row(FindingRow(finding=finding))


def _published(row: DomainRow) -> Iterator[Row]:
    if row.facts is None or row.effects is None or row.facts.published is None:
        return
    published = row.facts.published
    if published.spf.root is not None:
        for record in spf_rows(row.target.domain, published.spf.root):
            yield SPF.name, SPF.row(record)
    for key in published.dkim.keys:
        yield DKIM.name, DKIM.row(DkimRow(domain=row.target.domain, key=key))
    for tlsa in tlsa_rows(row.facts, row.effects):
        yield TLSA.name, TLSA.row(tlsa)


def _answers(row: DomainRow, ad_trusted: bool) -> Iterator[Row]:
    for answer in row.answers:
        yield RECORDS.name, RECORDS.row(AnswerRow(domain=row.target.domain, answer=answer, ad_trusted=ad_trusted))
