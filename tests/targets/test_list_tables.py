"""CSV and TSV: delimiter, header, domain column, further columns, quotes."""

from collections.abc import Callable

import pytest

from auditor.errors import UsageError
from auditor.model.target import Reject, Target
from auditor.targets import ListOptions
from auditor.targets.rows import MAX_CELL_LINES

ReadOctets = Callable[..., list[Target | Reject]]


def domains(items: list[Target | Reject]) -> list[str]:
    return [item.domain for item in items if isinstance(item, Target)]


def rejects(items: list[Target | Reject]) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, Reject)]


def extras(items: list[Target | Reject]) -> list[dict[str, str]]:
    return [dict(item.extra) for item in items if isinstance(item, Target)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["list.csv", "list.txt", "-"])
def test_the_delimiter_is_found_by_content(delimiter: str, name: str, read_octets: ReadOctets) -> None:
    rows = [("Owner", "Domain", "Unit"), ("Jo", "example.com", "A"), ("Di", "example.org", "B")]
    items = read_octets("\n".join(map(delimiter.join, rows)), name)
    assert domains(items) == ["example.com", "example.org"]
    assert extras(items) == [{"Owner": "Jo", "Unit": "A"}, {"Owner": "Di", "Unit": "B"}]
    assert not rejects(items)


def test_a_delimiter_inside_cells_does_not_mislead(read_octets: ReadOctets) -> None:
    items = read_octets('domain;owner\nexample.com;"Doe, Jo"\nexample.org;Roe, Di\nexample.net;Poe, Al, Jr\n')
    assert [extra["owner"] for extra in extras(items)] == ["Doe, Jo", "Roe, Di", "Poe, Al, Jr"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ":"])
def test_excel_s_separator_line(delimiter: str, read_octets: ReadOctets) -> None:
    items = read_octets(f"sep={delimiter}\ndomain{delimiter}owner\nexample.com{delimiter}Doe, Jo\n", "list.csv")
    assert [(item.domain, item.input_line, item.extra) for item in items if isinstance(item, Target)] == [
        ("example.com", 3, (("owner", "Doe, Jo"),))
    ]


@pytest.mark.parametrize(
    "header",
    [
        *(
            "domain",
            "DOMAINS",
            "Domain Name",
            "domain_name",
            "Mail-Domain",
            "E-Mail-Domain",
            "FQDN",
            "host",
            "Hostname",
        ),
        *("name", "zone", "email", "E-Mail", "Domäne", "Domänenname", "nom de domaine", "Domaine", "dominio"),
        *("Nombre de dominio", "Nome di dominio", "\ufeffdomain", " domain ", '"domain"'),  # codespell:ignore nome
    ],
)
def test_known_headers(header: str, read_octets: ReadOctets) -> None:
    items = read_octets(f"id,{header},mx\n1,example.com,mx.example.net\n2,bad name,mx.example.net\n", "list.csv")
    assert domains(items) == ["example.com"]
    assert rejects(items) == [(3, "white space inside the name")]


@pytest.mark.parametrize(
    ("header", "column"),
    [("name,domain,email", 1), ("email,domain,host", 1), ("host,name,fqdn", 2), ("website,email,phone", 1)],
)
def test_of_several_known_headers_the_plainest_wins(header: str, column: int, read_octets: ReadOctets) -> None:
    items = read_octets(f"{header}\na.example,b.example,c.example\n", "list.csv")
    assert domains(items) == ["abc"[column] + ".example"]


def test_a_name_column_of_people_gives_way_to_one_of_names(read_octets: ReadOctets) -> None:
    items = read_octets("Name,Website\nDoe Ltd,https://www.example.com/\nRoe Inc,example.org\n", "list.csv")
    assert domains(items) == ["www.example.com", "example.org"]


def test_a_domain_column_is_trusted_even_where_it_is_bad(read_octets: ReadOctets) -> None:
    items = read_octets("domain,host\nunknown,mx.example.com\n,mx.example.com\n", "list.csv")
    assert rejects(items) == [(2, "single label"), (3, "no domain in the row")]
    assert not domains(items)


def test_without_header_the_column_with_most_names_is_taken(read_octets: ReadOctets) -> None:
    items = read_octets("1,Jo,example.com,192.0.2.1\n2,Di,example.org,192.0.2.2\n3,Al,oops,192.0.2.3\n", "list.csv")
    assert domains(items) == ["example.com", "example.org"]
    assert extras(items)[0] == {"column_1": "1", "column_2": "Jo", "column_4": "192.0.2.1"}
    assert rejects(items) == [(3, "single label")]


def test_a_header_in_other_words_is_seen_and_said(read_octets: ReadOctets) -> None:
    items = read_octets("Firma;Auftritt\nDoe;example.com\nRoe;example.org\n", "list.csv")
    assert extras(items) == [{"Firma": "Doe"}, {"Firma": "Roe"}]
    assert rejects(items) == [(1, "taken for the header row")]


def test_a_title_above_the_header_is_said(read_octets: ReadOctets) -> None:
    items = read_octets("Our names,,\n,,\nid,domain,unit\n1,example.com,A\n", "list.csv")
    assert extras(items) == [{"id": "1", "unit": "A"}]
    assert rejects(items) == [(1, "above the header row")]


def test_a_header_word_below_data_is_no_header(read_octets: ReadOctets) -> None:
    items = read_octets("example.com,Jo\nexample.org,name\nexample.net,Di\n", "list.csv")
    assert domains(items) == ["example.com", "example.org", "example.net"]


def test_headers_are_made_distinct_and_further_cells_numbered(read_octets: ReadOctets) -> None:
    items = read_octets("domain,tag,tag,,\nexample.com,a,b,c,,d\nexample.org,e\n", "list.csv")
    assert extras(items) == [{"tag": "a", "tag_3": "b", "column_4": "c", "column_6": "d"}, {"tag": "e"}]


def test_cells_of_several_lines_and_doubled_quotes(read_octets: ReadOctets) -> None:
    items = read_octets('domain,note\r\nexample.com,"one\r\n#two ""2"""\r\nexample.org,x\r\n', "list.csv")
    assert [(item.input_line, item.extra) for item in items if isinstance(item, Target)] == [
        (2, (("note", 'one\n#two "2"'),)),
        (4, (("note", "x"),)),
    ]


@pytest.mark.parametrize(
    ("row", "note"),
    [('example.com,"open', "open"), ('example.com,6" pipe', '6" pipe'), ('example.com,"shut" not', "shut not")],
)
def test_a_stray_quote_swallows_nothing(row: str, note: str, read_octets: ReadOctets) -> None:
    items = read_octets(f"domain,note\n{row}\n" + "example.org,x\n" * (MAX_CELL_LINES + 10), "list.csv")
    assert domains(items) == ["example.com"] + ["example.org"] * (MAX_CELL_LINES + 10)
    assert extras(items)[0] == {"note": note}


def test_an_open_quote_before_the_end_swallows_nothing(read_octets: ReadOctets) -> None:
    items = read_octets('domain,note\nexample.com,"open\nexample.org,x\n', "list.csv")
    assert domains(items) == ["example.com", "example.org"]


def test_a_long_line_inside_an_open_quote_is_rejected_by_itself(read_octets: ReadOctets) -> None:
    items = read_octets('domain,note\nexample.com,"open\n' + "x" * 70_000 + "\nexample.org,x\n", "list.csv")
    assert domains(items) == ["example.com", "example.org"]
    assert rejects(items) == [(3, "line over 64 KiB")]


def test_comments_in_tables(read_octets: ReadOctets) -> None:
    items = read_octets('# ours\ndomain,note\n#example.net,"gone\nexample.com,a # b\n', "list.csv")
    assert domains(items) == ["example.com"]
    assert extras(items) == [{"note": "a # b"}]
    assert not rejects(items)


def test_a_number_sign_that_may_be_a_value_is_said(read_octets: ReadOctets) -> None:
    items = read_octets('id,domain\n#1,example.com\n"#2",example.org\n#,\n', "list.csv")
    assert domains(items) == ["example.org"]
    assert rejects(items) == [(2, "the row begins with #, so it is taken for a comment")]


def test_one_column_with_a_header(read_octets: ReadOctets) -> None:
    for name in ("list.csv", "list.txt", "-"):
        assert domains(read_octets("Domain\nexample.com\nexample.org\n", name)) == ["example.com", "example.org"]


def test_plain_lists_with_final_commas_are_no_tables(read_octets: ReadOctets) -> None:
    items = read_octets("example.com,\nexample.org,\n")
    assert domains(items) == ["example.com", "example.org"]
    assert extras(items) == [{}, {}]


def test_commas_in_comments_make_no_table(read_octets: ReadOctets) -> None:
    items = read_octets("example.com # Jo, Berlin\nexample.org # Di, Bonn\n")
    assert extras(items) == [{}, {}]


def test_several_names_in_one_line_are_not_lost_in_silence(read_octets: ReadOctets) -> None:
    assert rejects(read_octets("example.com, example.org, example.net\n")) == [(1, "more than one name (,)")]


def test_names_before_addresses_are_a_column_of_their_own(read_octets: ReadOctets) -> None:
    items = read_octets("Doe, Jo <jo@example.com>\nRoe, Di <di@example.org>\n")
    assert domains(items) == ["example.com", "example.org"]
    assert extras(items) == [{"column_1": "Doe"}, {"column_1": "Roe"}]


def test_a_row_of_delimiters_only_is_blank_however_long(read_octets: ReadOctets) -> None:
    items = read_octets("," * 60_000 + "\nexample.com" + "," * 2_000 + "x\n", "list.csv")
    assert domains(items) == ["example.com"]
    assert extras(items) == [{"column_2001": "x"}]


def test_direct_targets_in_tables(read_octets: ReadOctets) -> None:
    items = read_octets("host,site\nmx.example.com:25,A\n192.0.2.0/31,B\n", "list.csv")
    assert [(item.key, item.extra) for item in items if isinstance(item, Target)] == [
        ("[mx.example.com]:25", (("site", "A"),)),
        ("[192.0.2.0]:*", (("site", "B"),)),
        ("[192.0.2.1]:*", (("site", "B"),)),
    ]


@pytest.mark.parametrize("column", ["Site", "site", " SITE ", "2"])
def test_the_column_asked_for(column: str, read_octets: ReadOctets) -> None:
    items = read_octets("Domain,Site\nexample.com,example.org\n", "list.csv", ListOptions(column=column))
    assert domains(items) == ["example.org"]
    assert extras(items) == [{"Domain": "example.com"}]


def test_the_column_asked_for_by_number_without_header(read_octets: ReadOctets) -> None:
    items = read_octets("example.com,example.org\na.example,b.example\n", "list.csv", ListOptions(column="2"))
    assert domains(items) == ["example.org", "b.example"]


def test_a_column_asked_for_makes_a_table_of_a_text(read_octets: ReadOctets) -> None:
    assert domains(read_octets("Site\nexample.org\n", "-", ListOptions(column="site"))) == ["example.org"]
    assert domains(read_octets("example.com\n", "list.txt", ListOptions(column="site"))) == ["example.com"]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("Owners", "list.csv: no column 'Owners'; the headers are: Domain, Owner. Did you mean 'Owner'?"),
        ("zzz", "list.csv: no column 'zzz'; the headers are: Domain, Owner"),
        ("3", "list.csv: no column '3'; the headers are: Domain, Owner"),
        ("0", "list.csv: no column '0'; the headers are: Domain, Owner"),
        ("..", "list.csv: no column '..'; the headers are: Domain, Owner"),
    ],
)
def test_no_such_column(column: str, message: str, read_octets: ReadOctets) -> None:
    with pytest.raises(UsageError) as refused:
        read_octets("Domain,Owner\nexample.com,Jo\n", "list.csv", ListOptions(column=column))
    assert str(refused.value) == message


def test_no_such_column_in_an_empty_table(read_octets: ReadOctets) -> None:
    with pytest.raises(UsageError, match="the headers are: none"):
        read_octets("\n", "list.csv", ListOptions(column="domain"))


def test_a_table_without_any_name_is_rejected_row_by_row(read_octets: ReadOctets) -> None:
    reason = "top-level label is all digits"
    assert rejects(read_octets("1,2\n3,4\n", "list.csv")) == [(1, reason), (2, reason)]
