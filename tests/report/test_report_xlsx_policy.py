"""The workbook on published policy: words with their colours, the SPF tree, and what the method says."""

from typing import Any

import openpyxl
import pytest

from auditor.model.dmarc import Disposition
from auditor.model.spf import SpfAll, SpfStatus
from auditor.report.tables import TABLES
from auditor.report.writers.palette import BAD, DIM, FAIR, GOOD, word_fills
from auditor.report.writers.words import LIMITS
from auditor.report.writers.xlsx import write
from auditor.report.writers.xlsx_domains import domains_sheet
from tests.report.published import answer_of, dmarc_of, fully_published, published_of, spf_of

pytestmark = pytest.mark.slow

ASKED_FOR = {
    *("Domain", "Score", "Worst", "Critical", "High", "Medium", "STARTTLS", "Lowest TLS", "Certificate days left"),
    *("SPF", "SPF look-ups", "DKIM", "DMARC p", "DMARC sp", "DMARC t=y", "DMARC pct", "DMARC rua", "MTA-STS"),
    *("DMARC np", "DMARC p by RFC 7489", "DMARC sp by RFC 7489", "DMARC, why", "DKIM, why"),
    *("TLS-RPT", "DANE", "DNSSEC", "BIMI", "CAA issue", "Checked at (UTC)"),
}


def book_of(make: Any, staged: Any) -> Any:
    """Two domains: one that publishes what it should, and one that does not."""
    run = make.Run()
    good, bad = "good.example", "bad.example"
    for domain in (good, bad):
        run.add(domain, make.route(domain, make.exchange(f"mx.{domain}", "192.0.2.1")))
    run.published[good] = fully_published(good)
    open_to_all = spf_of(bad, status=SpfStatus.PERMERROR, all=SpfAll.PASS)
    run.published[bad] = published_of(bad, spf=open_to_all, dmarc=dmarc_of(bad, Disposition.NONE))
    run.answers[good] = (
        answer_of(good, "MX", f"10 mx.{good}", asked_at=make.STARTED),
        answer_of(good, "CAA", authenticated=False),
        answer_of(f"x.{good}", "TXT", "=cmd()"),
    )
    (path,) = write(staged(run))
    return openpyxl.load_workbook(path)


def by_heading(sheet: Any, row: int) -> dict[str, Any]:
    return {head.value: cell for head, cell in zip(sheet[1], sheet[row], strict=True)}


def test_domains_has_the_columns_that_people_ask_for() -> None:
    assert {column.heading for column in domains_sheet().columns} >= ASKED_FOR


def test_a_word_has_the_colour_of_what_it_means_in_its_column(make: Any, staged: Any) -> None:
    sheet = book_of(make, staged)["Domains"]
    good, bad = by_heading(sheet, 2), by_heading(sheet, 3)
    shown = {name: (good[name].value, good[name].fill.start_color.rgb[2:]) for name in ("SPF", "SPF all", "DMARC p")}
    assert shown == {"SPF": ("valid", GOOD), "SPF all": ("fail", GOOD), "DMARC p": ("reject", GOOD)}
    names = ("SPF", "SPF all", "DMARC p", "DKIM", "TLS-RPT", "BIMI")
    assert {name: (bad[name].value, bad[name].fill.start_color.rgb[2:]) for name in names} == {
        "SPF": ("permerror", BAD),
        "SPF all": ("pass", BAD),
        "DMARC p": ("none", FAIR),
        "DKIM": ("unknown", DIM),
        "TLS-RPT": ("none", FAIR),
        "BIMI": ("none", DIM),
    }
    assert good["Checked at (UTC)"].value == make.STARTED.replace(tzinfo=None)


def test_the_spf_tree_stands_indented(make: Any, staged: Any) -> None:
    rows = list(book_of(make, staged)["SPF"].iter_rows(min_row=2, max_row=5, values_only=True))
    assert [row[2] for row in rows] == [
        *("good.example", "    _spf.mailer.example", "        _spf3.mailer.example", "    gone.example"),
    ]


def test_dns_records_leave_out_what_does_not_exist(make: Any, staged: Any) -> None:
    sheet = book_of(make, staged)["DNS records"]
    rows = [row[1:4] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [("good.example", "MX", "answered"), ("x.good.example", "TXT", "answered")]
    assert sheet["G3"].data_type in {"s", "inlineStr"}


def test_the_method_says_roles_limits_and_whether_the_resolver_validates(make: Any, staged: Any) -> None:
    sheet = book_of(make, staged)["Method"]
    lines = {str(row[0]): row[1] for row in sheet.iter_rows(values_only=True) if row[0] is not None}
    texts = {cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
    assert set(LIMITS) <= texts
    assert "sends-receives (2)" in lines
    assert lines["DNSSEC"] == "not known: whether the resolver validates was not found out"
    assert any(text.startswith("ARC ") for text in LIMITS)


def test_every_word_of_a_state_has_a_colour() -> None:
    states = ("spf", "spf_all", "dmarc", "dmarc_policy", "dkim", "mta_sts", "mta_sts_mode", "tls_rpt", "dane", "dnssec")
    (domains,) = (table for table in TABLES if table.name == "domains")
    for name in states:
        assert set(domains.column(name).values) <= set(word_fills(f"domains.{name}")), name


def test_a_setting_of_many_values_stays_a_line_that_can_be_printed(make: Any, staged: Any) -> None:
    run = make.Run()
    run.config = run.config.model_copy(update={"dkim_selector": ("s1", "s2", "s3", "s4", "s5", "s6")})
    (path,) = write(staged(run))
    settings: dict[Any, Any] = dict(openpyxl.load_workbook(path)["Method"].iter_rows(max_col=2, values_only=True))  # type: ignore[arg-type]
    assert settings["dkim_selector"] == "s1, s2, s3, s4, and 2 more"
