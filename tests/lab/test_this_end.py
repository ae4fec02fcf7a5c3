"""The vantage, examined in the lab."""

from pathlib import Path

from auditor.api import examine_vantage, scan
from auditor.config import Config
from auditor.lab import open_lab
from auditor.model.vantage import VantageState


async def test_the_servers_of_the_lab_are_reached_and_what_they_say_is_told(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        config = lab.config(Config())
        lines = await examine_vantage(config, ["sts-good.example", "why-nobody.example"], ["dnsbl.example"])
    told = {one.what: one for one in lines}
    assert told["port 25"].state is VantageState.OK
    assert "conversations with sts-good.example, why-nobody.example came through" in told["port 25"].words
    assert told["EHLO name"].words == "auditor.example has no address"
    assert "PTR" in told


async def test_refusals_are_told_with_their_reason(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        lines = await examine_vantage(lab.config(Config()), ["rejected554.example"])
    (welcome,) = [one for one in lines if one.what == "welcome"]
    assert welcome.words.startswith("mx.rejected554.example: 554")


async def test_a_closed_world_is_not_looked_around_in_before_a_run(tmp_path: Path) -> None:
    async with open_lab(tmp_path) as lab:
        config = lab.config(Config(output=tmp_path / "out", format=("csv",)))
        closed = await scan(["sts-good.example"], config)
        open_world = config.model_copy(update={"only_connect_to": False, "name": "open"})
        seen = await scan(["sts-good.example"], open_world)
    assert closed.note == ""
    assert "EHLO name: auditor.example has no address" in seen.note
    assert seen.manifest()["vantage"]["EHLO name"] == "auditor.example has no address"
