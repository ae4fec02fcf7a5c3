"""G2 to G4: beside other tools, over the same list, in turns."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measured import Measured, in_turns
from benchmarks.peers import Peers, need_privileges
from benchmarks.problems import CannotMeasureError
from benchmarks.records import Figure, Reached, together
from benchmarks.rig import Counters, Rig
from benchmarks.scanning import scan

_PORT = 25
_ROUNDS = 2
"""Peers take long, and their figures differ little from run to run."""
Peer = Callable[[Rig, Path], Measured]
Work = Callable[[Counters], int]


def peers_of(bench: Bench) -> Peers:
    """The peers of the work folder, if there are servers where they look."""
    need_privileges(bench.rig())
    return Peers(bench.work / "peers")


def g2(bench: Bench) -> Figure:
    """CPU and wall beside checkdmarc, which has an anchor for the servers' chains as we do."""
    count = bench.least(1_000, 100)
    cpu, wall = _ratios(bench, peers_of(bench).checkdmarc, count, least=0.3, work=_handshakes)
    how = f"{count:,} domains in turns, --no-share; checkdmarc found STARTTLS"
    return Figure(f"CPU {cpu:.3f}, wall {wall:.3f}", Reached.of(cpu <= 0.1 and wall <= 0.1), how)


def g3(bench: Bench) -> Figure:
    """CPU beside trustymail, and beside loops of tools that look at one exchange of one domain."""
    peers = peers_of(bench)
    parts = (
        _cpu_part(bench, "trustymail", peers.trustymail, bench.least(200, 20), most=1 / 20, least=0.3),
        _cpu_part(bench, "posttls-finger", peers.posttls_finger, bench.least(2_000, 100), most=1 / 4, least=0.8),
        _cpu_part(bench, "swaks", peers.swaks, bench.least(300, 20), most=1 / 50, least=0.8),
    )
    return together(parts, "CPU ratios in turns, --no-share; all endpoints of ours beside one a domain of loops of 8")


def g4(bench: Bench) -> Figure:
    """Beside nmap, which is given the addresses, while we find them and judge what was seen."""
    peers, rig = peers_of(bench), bench.rig()
    addresses, domains = rig.world.file("addresses"), rig.world.file("clean")
    pair = in_turns(
        lambda: scan(rig, domains, port=_PORT).measured, lambda: peers.nmap(rig, addresses), min(bench.rounds, _ROUNDS)
    )
    reached = pair.cpu_ratio <= 0.8 and pair.wall_ratio <= 0.6
    how = f"{rig.world.domains['clean']:,} domains and their addresses in turns, conversations shared"
    return Figure(f"CPU {pair.cpu_ratio:.2f}, wall {pair.wall_ratio:.2f}", Reached.of(reached), how)


def _handshakes(counted: Counters) -> int:
    return counted.handshakes


def _connections(counted: Counters) -> int:
    """For trustymail, which looks for the keyword, and never begins TLS."""
    return counted.accepted


def _cpu_part(bench: Bench, name: str, peer: Peer, count: int, *, most: float, least: float) -> Figure:
    work = _connections if name == "trustymail" else _handshakes
    try:
        cpu, _ = _ratios(bench, peer, count, least=least, work=work)
    except CannotMeasureError as error:
        return Figure("", Reached.NOT_MEASURED, str(error))
    return Figure(f"1/{1 / cpu:.1f} of {name} ({count:,} domains)", Reached.of(cpu <= most))


def _ratios(bench: Bench, peer: Peer, count: int, *, least: float, work: Work) -> tuple[float, float]:
    """CPU and wall, ours over theirs, over the first domains of the clean list; ``least``: see :func:`_at_work`."""
    rig = bench.rig()
    domains = rig.world.head("clean", count)
    pair = in_turns(
        lambda: scan(rig, domains, "--no-share", port=_PORT).measured,
        lambda: _at_work(rig, lambda: peer(rig, domains), least * count, work),
        min(bench.rounds, _ROUNDS),
    )
    return pair.cpu_ratio, pair.wall_ratio


def _at_work(rig: Rig, peer: Callable[[], Measured], least: float, work: Work) -> Measured:
    """A peer's run, in which the sink saw so much of its work at least: one that fails early is fast.

    Raises:
        CannotMeasureError: it saw less.
    """
    before = work(rig.counters())
    done = peer()
    if (seen := work(rig.counters()) - before) < least:
        raise CannotMeasureError(f"the sink saw {seen:,} where {least:,.0f} at least were due ({work.__name__})")
    return done
