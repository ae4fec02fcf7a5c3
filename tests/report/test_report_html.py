"""The page stands alone: it loads nothing, runs only its own script, and holds no stranger's markup."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

from auditor.model.dmarc import Disposition
from auditor.model.finding import Severity
from auditor.model.route import MxStatus
from auditor.report.controls import Control
from auditor.report.writers import html as writer
from auditor.report.writers.html import page, write
from auditor.report.writers.html_charts import bar_chart, share_chart
from auditor.report.writers.html_page import SCRIPT
from tests.report.published import dmarc_of, fully_published

VOID = {"meta", "input", "rect", "br"}


class Outline(HTMLParser):
    """Tags, attributes and text; an element left open or closed twice fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID - {"rect"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def outline_of(report: Any) -> Outline:
    (path,) = write(report)
    return Outline(path.read_text("utf-8"))


def test_the_page_is_whole_and_loads_nothing(sixty: Any, staged: Any) -> None:
    found = outline_of(staged(sixty))
    names = {name for name, _ in found.attributes}
    assert not names & {"src", "href", "action", "style", "onclick", "onload", "srcset"}
    assert not {"link", "img", "iframe", "object", "base"} & set(found.tags)
    assert found.tags.count("script") == found.tags.count("style") == 1


def test_the_policy_allows_the_page_s_own_script_and_style_alone(sixty: Any, staged: Any) -> None:
    text = "".join(page(staged(sixty)))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    for element in ("script", "style"):
        (content,) = re.findall(f"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert f"{element}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert SCRIPT.count("\n") <= 60


def test_hostile_text_is_text(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add(make.HOSTILE, make.route(make.HOSTILE, make.exchange(make.HOSTILE, "192.0.2.1")))
    finding = make.finding(make.HOSTILE, "<b>", evidence=make.HOSTILE, reproduce='"><script>1</script>\nnext')
    run.judgements[make.HOSTILE] = make.Judgement(findings=(finding,), failed=1, worst_severity=Severity.HIGH)
    report = staged(run)
    (path,) = write(report)
    octets = path.read_bytes()
    assert octets.count(b"<script") == 1
    assert not set(octets) & (set(range(32)) - {10})
    assert "\u202e" not in octets.decode("utf-8")
    found = outline_of(report)
    assert "<script>alert('x')</script>" in found.text
    assert "\\x1b[31m" in found.text
    assert "b" in found.tags  # the page's own


def test_numbers_and_findings_are_there(sixty: Any, staged: Any) -> None:
    found = outline_of(staged(sixty))
    assert "58 of 60 targets looked up" in found.text
    assert found.tags.count("tr") > 60
    assert found.tags.count("svg") == 3
    assert found.tags.count("details") > 4
    assert "dig +short MX" in found.text
    assert "--resolver" in found.text


def test_domains_stand_by_urgency(sixty: Any, staged: Any) -> None:
    text = "".join(page(staged(sixty)))
    worst = re.findall(r'<tr data-worst="(\w*)">', text)
    assert len(worst) == 60
    assert worst[:20] == ["critical"] * 20


def test_a_clean_run_says_so(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example"))
    assert "No check failed, and none was left unjudged." in outline_of(staged(run)).text


def test_a_long_list_is_cut_and_says_where_the_rest_is(make: Any, staged: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(writer, "MOST_DOMAINS", 3)
    monkeypatch.setattr(writer, "MOST_OF_ONE_CHECK", 2)
    run = make.Run()
    for number in range(5):
        domain = f"d{number}.example"
        run.add(domain, make.route(domain))
        run.judgements[domain] = make.Judgement(findings=(make.finding(domain),), failed=1)
    text = "".join(page(staged(run)))
    assert text.count("<tr data-worst") == 3
    assert "The 3 most urgent of 5; csv/domains.csv has all." in text
    assert "3 more are in csv/findings.csv." in text


def test_states_of_policy_are_words_with_the_colour_of_their_column(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("a.example", make.route("a.example", make.exchange("mx.a.example", "192.0.2.1")))
    run.published["a.example"] = fully_published("a.example", dmarc=dmarc_of("a.example", Disposition.NONE))
    text = "".join(page(staged(run)))
    (row,) = re.findall(r"<tr data-worst.*?</tr>", text, re.DOTALL)
    words = re.findall(r'<span class="w (\w*)">([^<]*)</span>', row)
    heads = re.findall(r"<th>([^<]*)</th>", text)[: row.count("<td")]
    assert heads[:2] == ["Domain", "Role"]
    assert {"SPF", "DKIM", "DMARC", "MTA-STS", "TLS-RPT", "DANE", "DNSSEC"} <= set(heads)
    assert ("good", "fail") in words  # of SPF's all
    assert ("fair", "none") in words  # of DMARC's policy
    assert words[0] == ("", "sends-receives")


def test_the_method_says_roles_and_limits(make: Any, staged: Any) -> None:
    run = make.Run()
    run.add("null.example", make.route("null.example", status=MxStatus.NULL))
    run.published["null.example"] = make.published("null.example")
    found = outline_of(staged(run))
    assert "parked (1)Has nothing to do with mail" in found.text
    assert "ARC shows neither in the DNS nor in a greeting" in found.text
    assert "DNSSECnot known: whether the resolver validates was not found out" in found.text


def test_charts_are_to_scale() -> None:
    chart = bar_chart("Title", [("a", 10, "C00000"), ("b", 5, "70AD47"), ("c", 0, "70AD47")])
    first, second, third = map(float, re.findall(r'width="([\d.]+)" height', chart))
    assert (second, third) == (first / 2, 0)
    shares = share_chart("Title", [Control("MX", 1, 1, 2, 0), Control("SMTP", 0, 0, 0, 0)])
    widths = list(map(float, re.findall(r'width="([\d.]+)" height', shares)))
    assert widths[0] == widths[1] == widths[2] / 2
    assert widths[3:8] == [0] * 5
    assert "MX: 2 fail" in shares
    assert "NaN" not in bar_chart("Title", [])
