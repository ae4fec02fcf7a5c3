"""The whole job over the lab, through the command line, against what the lab's list says to expect."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest

from auditor.checks import CATALOGUE
from auditor.lab.world import all_scripts
from auditor.model.certificate import CertName, CertTrust
from auditor.model.dane import DaneStatus
from auditor.model.dkim import DkimStatus
from auditor.model.dmarc import Disposition, DmarcStatus
from auditor.model.dns import Dnssec
from auditor.model.mta_sts import StsMode
from auditor.model.published import RecordStatus, Role
from auditor.model.route import ExchangeStatus, MxStatus
from auditor.model.session import Outcome, Starttls
from auditor.model.spf import SpfStatus
from auditor.net.https import HTTPS_PORT

ROWS = list(csv.DictReader((files("auditor.lab") / "domains.csv").read_text(encoding="utf-8").splitlines()))
NOT_TAKEN = ["duplicate of line 2", "white space inside the name"]

Table = Callable[[str], list[dict[str, str]]]

pytestmark = pytest.mark.slow


def test_every_domain_of_the_lab_is_seen_as_it_was_made(table: Table) -> None:
    outcomes: dict[str, set[str]] = defaultdict(set)
    for one in table("endpoints"):
        outcomes[one["exchange"]].add(one["outcome"])
    exchanges: dict[str, set[str]] = defaultdict(set)
    for one in table("mx"):
        exchanges[one["domain"]].add(one["exchange"])
    named = [one for one in table("domains") if one["mx_status"] != "direct"]
    seen = {
        one["domain"]: (one["mx_status"], set().union(*(outcomes[name] for name in exchanges[one["domain"]])))
        for one in named
    }
    expected = {
        one["domain"]: (one["input_expected_mx_status"], set(filter(None, one["input_expected_outcomes"].split("|"))))
        for one in named
    }
    assert seen == expected
    assert len(seen) > 90


POLICY = {"SPF", "DMARC", "DKIM", "STS", "RPT", "DANE", "PARK", "BIMI", "CAA", "CROSS"}


def test_every_domain_of_the_lab_is_told_what_its_policy_lacks_and_no_more(table: Table) -> None:
    """Of the families of published policy, and of what weighs more than an information."""
    failed: dict[str, set[str]] = defaultdict(set)
    for one in table("findings"):
        if one["verdict"] == "fail" and one["severity"] != "info" and one["check"].rstrip("0123456789") in POLICY:
            failed[one["domain"]].add(one["check"])
    expected = {
        one["domain"]: set(one["input_expected_findings"].split("|")) - {"none"}
        for one in table("domains")
        if one["input_expected_findings"] and one["input_unit"] == "Policy"
    }
    assert {domain: failed[domain] for domain in expected} == expected
    assert len(expected) > 100


def test_every_address_of_the_lab_is_told_what_its_names_lack(table: Table) -> None:
    failed: dict[str, set[str]] = defaultdict(set)
    for one in table("findings"):
        if one["verdict"] == "fail" and one["check"].startswith("PTR"):
            failed[one["domain"]].add(one["check"])
    expected = {
        one["domain"]: set(one["input_expected_findings"].split("|")) - {"none"}
        for one in table("domains")
        if one["input_unit"] == "Names"
    }
    assert {domain: failed[domain] for domain in expected} == expected
    assert len(expected) > 5


def test_every_server_of_the_lab_is_told_what_it_does_when_it_is_asked(table: Table) -> None:
    failed: dict[str, set[str]] = defaultdict(set)
    for one in table("findings"):
        if one["verdict"] == "fail" and one["check"].startswith("ACT"):
            failed[one["domain"]].add(one["check"])
    expected = {
        one["domain"]: set(one["input_expected_findings"].split("|"))
        for one in table("domains")
        if one["input_unit"] == "Active"
    }
    assert failed == expected
    shown = {one["exchange"]: one for one in table("endpoints")}
    asked, decent = shown["mx.asked.example"], shown["mx1.hosting.example"]
    columns = ("relays", "postmaster", "vrfy", "expn", "starttls_injection", "mail_in_clear")
    assert [asked[name] for name in columns] == ["true", "false", "true", "true", "true", "true"]
    assert [decent[name] for name in columns] == ["false", "true", "false", "false", "false", "true"]
    assert shown["mx.insists.example"]["mail_in_clear"] == "false"


def test_every_server_that_is_named_directly_is_told_what_it_lacks_and_no_more(table: Table) -> None:
    """Of what weighs more than an information."""
    outcomes = {f"{one['exchange']}:{one['port']}": one["outcome"] for one in table("endpoints")}
    failed: dict[str, set[str]] = defaultdict(set)
    for one in table("findings"):
        if one["verdict"] == "fail" and one["severity"] != "info" and "/" in one["subject"]:
            exchange, _, place = one["subject"].partition("/")
            failed[f"{exchange}:{place.rpartition(':')[2]}"].add(one["check"])
    rows = table("domains")
    direct = [one for one in rows if one["mx_status"] == "direct" and one["input_expected_findings"]]
    expected = {
        one["input"]: (one["input_expected_outcomes"], set(one["input_expected_findings"].split("|")) - {"none"})
        for one in direct
    }
    assert {one["input"]: (outcomes[one["input"]], failed[one["input"]]) for one in direct} == expected
    assert len(expected) > 10


def test_every_check_of_published_policy_fails_somewhere_in_the_lab(table: Table) -> None:
    failed = {one["check"] for one in table("findings") if one["verdict"] == "fail"}
    assert {check.id for check in CATALOGUE if check.family in POLICY | {"ACC"}} <= failed


def test_the_lab_shows_every_word_of_a_policy_column(table: Table) -> None:
    shown = {name: {one[name] for one in table("domains")} - {""} for name in table("domains")[0]}
    for column, words in {
        "role": Role,
        "dnssec": Dnssec,
        "dane": DaneStatus,
        "spf": SpfStatus,
        "dmarc": DmarcStatus,
        "dmarc_policy": Disposition,
        "dkim": DkimStatus,
        "mta_sts": RecordStatus,
        "mta_sts_mode": StsMode,
        "tls_rpt": RecordStatus,
        "bimi": RecordStatus,
    }.items():
        assert shown[column] >= {str(word) for word in words} - NOT_IN_THE_LAB.get(column, set()), column
    assert shown["spf_all"] == {"fail", "softfail", "neutral", "pass", "none"}


NOT_IN_THE_LAB = {"bimi": {"unknown"}}


def test_the_lab_shows_every_mx_status(table: Table) -> None:
    # An answer that cannot be parsed has no word of its own but malformed.
    assert {one["mx_status"] for one in table("domains")} == {str(status) for status in MxStatus}


def test_the_lab_shows_every_outcome(table: Table) -> None:
    assert {one["outcome"] for one in table("endpoints")} == {str(one) for one in Outcome} - {"internal-error"}


def test_the_lab_shows_every_status_of_an_exchange(table: Table) -> None:
    shown = {one["status"] for one in table("mx")}
    assert shown >= {str(one) for one in ExchangeStatus} - {"refused", "bogus", "malformed"}


def test_the_lab_shows_what_becomes_of_starttls_and_certificates(table: Table) -> None:
    ends = table("endpoints")
    assert {one["starttls"] for one in ends} == {str(one) for one in Starttls}
    assert {one["cert_trust"] for one in ends} == {str(one) for one in CertTrust} - {"invalid"}
    assert {one["cert_name"] for one in ends} == {str(one) for one in CertName}


def test_endpoints_are_spoken_to_once_and_shared_where_the_certificate_allows(table: Table) -> None:
    ends = table("endpoints")
    assert len({(one["exchange"], one["address"], one["port"]) for one in ends}) == len(ends)
    shared = {one["exchange"]: one["shared_from"] for one in ends if one["shared_from"]}
    assert len(shared) == 11
    for suite in ("mail.suite.example", "many.example"):
        assert any(suite in name for name in shared)
        assert all((suite in name) == (suite in from_) for name, from_ in shared.items())
    by_name = {one["exchange"]: one for one in ends}
    assert by_name["in-a.split.example"]["cert_sha256"] != by_name["in-b.split.example"]["cert_sha256"]
    (busiest,) = {one["domains"] for one in ends if one["exchange"] == "mx1.hosting.example"}
    assert int(busiest) >= 14


def test_a_second_look_heals_what_was_passing(table: Table) -> None:
    (healed,) = [one for one in table("endpoints") if one["exchange"] == "mx.healed.example"]
    assert (healed["outcome"], healed["attempts"]) == ("completed", "2")


def test_what_was_not_taken_is_said(demo: Path) -> None:
    with (demo / "rejected.csv").open(encoding="utf-8", newline="") as file:
        reasons = [one["reason"] for one in csv.DictReader(file)]
    assert reasons == NOT_TAKEN


def test_unknown_is_never_a_failure(table: Table) -> None:
    unknown = {"servfail.example", "refused.example", "timeout.example", "malformed.example", "blackhole.example"}
    failed = [
        one
        for one in table("findings")
        if one["domain"] in unknown and (one["verdict"], one["severity"]) == ("fail", "critical")
    ]
    assert failed == []


def test_hostile_text_is_no_formula_and_no_markup(demo: Path) -> None:
    book = openpyxl.load_workbook(demo / "audit.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert any("=HYPERLINK" in str(cell.value) for cell in cells)
    page = (demo / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    greetings = [one["greeting"] for one in csv.DictReader(io.StringIO((demo / "csv/endpoints.csv").read_text()))]
    assert any(one.startswith("'=HYPERLINK") for one in greetings)
    assert "\x1b" not in "".join(greetings)


def test_tables_are_the_same_in_every_format(demo: Path, table: Table) -> None:
    book = openpyxl.load_workbook(demo / "audit.xlsx", read_only=True)
    lines = (demo / "jsonl" / "domains.jsonl").read_text(encoding="utf-8").splitlines()
    domains = table("domains")
    assert [json.loads(line)["domain"] for line in lines] == [one["domain"] for one in domains]
    assert {row[0].value for row in book["Domains"].iter_rows(min_row=2)} >= {one["domain"] for one in domains}


def test_run_json_says_what_ran_and_what_was_written(demo: Path) -> None:
    manifest = json.loads((demo / "run.json").read_text(encoding="utf-8"))
    assert manifest["state"] == "finished"
    assert set(manifest["files"]) >= {"audit.xlsx", "report.html", "rejected.csv", "csv/domains.csv"}
    ranges = [one for one in ROWS if "/" in one["domain"]]
    found_in_ranges = 3
    assert manifest["summary"]["silent_addresses"] == 14 - found_in_ranges
    assert manifest["summary"]["listeners"] == manifest["rows"]["listeners"] > manifest["summary"]["listeners_unlisted"]
    assert manifest["rows"]["domains"] == len(ROWS) - len(NOT_TAKEN) - len(ranges) + found_in_ranges


def test_every_script_of_the_lab_is_used(table: Table) -> None:
    contacted = {one["address"] for one in table("endpoints")}
    mail = [script for script in all_scripts() if script.port != HTTPS_PORT]
    assert {address for script in mail for address in script.addresses} <= contacted


def test_what_listens_in_a_range_is_named_and_matched_and_silence_is_left_out(table: Table) -> None:
    found = {one["address"]: one for one in table("listeners") if one["entries"] == "192.0.2.128/28"}
    assert {address: (one["domains"], one["matched_by"], one["listed"]) for address, one in found.items()} == {
        "192.0.2.130": ("brand01.example", "certificate", "false"),
        "192.0.2.131": ("", "", "false"),
        "192.0.2.132": ("brand02.example", "greeting", "false"),
    }
    assert (found["192.0.2.130"]["ptr"], found["192.0.2.130"]["ptr_confirmed"]) == ("shadow.network.example", "true")
    assert {one["address"] for one in table("endpoints") if one["address"].startswith("192.0.2.13")} == set(found)
    assert {one["domain"] for one in table("domains") if one["input"] == "192.0.2.128/28"} == set(found)


def test_what_mx_records_lead_to_is_listed_with_its_domains(table: Table) -> None:
    listeners = table("listeners")
    assert [one["listed"] for one in listeners] == sorted(one["listed"] for one in listeners)
    (shared,) = [one for one in listeners if (one["address"], one["port"]) == ("192.0.2.10", "25")]
    assert shared["matched_by"] == "mx"
    assert {"mx1.hosting.example", "alias.hosting.example"} <= set(shared["exchanges"].split("|"))
    assert "spf-good.example" in shared["domains"].split("|")
    silent = {one["address"] for one in table("endpoints") if one["outcome"] in {"refused", "connect-timeout"}}
    assert not silent & {one["address"] for one in listeners if one["port"] == "25"}
