from pathlib import Path

import pytest

from auditor.config import Config
from auditor.errors import UsageError
from auditor.settings import find_settings_file, make_config


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "auditor.toml"
    path.write_text(text)
    return path


def test_defaults_stand_when_nothing_is_given() -> None:
    assert make_config({}) == Config()


def test_the_file_beats_the_default_and_what_is_given_beats_the_file(tmp_path: Path) -> None:
    path = settings_file(tmp_path, "per-host = 5\nrate = 9\n")
    config = make_config({"rate": 1}, path)
    assert (config.per_host, config.rate) == (5, 1)


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    assert make_config({}, settings_file(tmp_path, 'block = "never.txt"\n')).block == tmp_path / "never.txt"


def test_the_nearest_settings_file_is_found_from_below(tmp_path: Path) -> None:
    path = settings_file(tmp_path, "")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_settings_file(below) == path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("per_hots = 2\n", "per_hots is no setting; did you mean per_host?"),
        ("per_host = -1\n", "per_host: -1 will not do"),
        ("per_host = [", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_names_the_file_and_the_fix(tmp_path: Path, text: str, says: str) -> None:
    path = settings_file(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        make_config({}, path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


def test_a_wrong_value_given_names_its_option() -> None:
    with pytest.raises(UsageError, match=r"^--shard: 'x' will not do"):
        make_config({"shard": "x"})


def test_a_file_that_is_not_there_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        make_config({}, tmp_path / "none.toml")


def test_every_setting_has_a_group_and_a_description() -> None:
    assert all(Config.group(name) and field.description for name, field in Config.model_fields.items())
    with pytest.raises(KeyError):
        Config.group("nothing")


def test_two_families_alone_are_one_too_many() -> None:
    with pytest.raises(UsageError, match="leave nothing to contact"):
        make_config({"ipv4_only": True, "ipv6_only": True})


@pytest.mark.parametrize(
    "selector", ["", "a..b", ".a", "a.", "a b", "*", "\N{LATIN SMALL LETTER E WITH ACUTE}", "=1", "a\n", "x" * 64]
)
def test_what_no_selector_can_be_is_a_users_error(selector: str) -> None:
    with pytest.raises(UsageError, match="dkim-selector"):
        make_config({"dkim_selector": (selector,)})


@pytest.mark.parametrize("selector", ["s1", "S1", "2024-01", "mail.dept", "aweber_key_a", "x" * 63])
def test_what_a_selector_may_be(selector: str) -> None:
    assert make_config({"dkim_selector": (selector,)}).dkim_selector == (selector,)
