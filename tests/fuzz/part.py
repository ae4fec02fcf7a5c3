"""One process's part of one target: ``python -m tests.fuzz.part FAMILY TARGET …``; says what it saw as JSON."""

import json
import os
import sys
import time
import warnings
from argparse import ArgumentParser, Namespace
from importlib import import_module
from itertools import chain
from pathlib import Path

from tests.fuzz.corpus import seeds
from tests.fuzz.mutator import inputs
from tests.fuzz.target import Target
from tests.fuzz.watch import HANGS_AFTER_SECONDS, Alarm, Seen, Watch, save

_LOOKED_AT_CLOCK_EVERY = 64  # executions


class Part:
    """So many executions, or so much time, of one target."""

    def __init__(self, target: Target, options: Namespace) -> None:
        self._watch = Watch(target)
        self._options = options
        self._deadline = time.monotonic() + options.seconds
        self._began = time.process_time()

    def run(self, octets: bytes) -> bool:
        """One execution; whether more are wanted."""
        self._watch.run(octets)
        count = self._watch.executions
        late = count % _LOOKED_AT_CLOCK_EVERY == 0 and time.monotonic() > self._deadline
        return count < self._options.executions and not late

    def say(self) -> None:
        """Print what was seen, and keep the inputs that failed."""
        watch = self._watch
        failures = save(watch.failures, self._options.work / "failures", watch.target.name)
        took = time.process_time() - self._began
        seen = Seen(watch.target.name, watch.executions, took, watch.slowest_ms, failures)
        print(json.dumps(seen.as_dict()), flush=True)


def main() -> None:
    """Fuzz one target."""
    options = _options()
    if options.engine == "atheris":
        _by_coverage(options)
        return
    target = _target(options)
    part = Part(target, options)
    kept = seeds(target.kept)
    with Alarm() as alarm:
        for number, made in enumerate(chain(kept, inputs(target, kept, options.seed))):
            if number % _LOOKED_AT_CLOCK_EVERY == 0:
                alarm.wind()
            if not part.run(made):
                break
    part.say()


def _by_coverage(options: Namespace) -> None:
    import atheris  # noqa: PLC0415 - an optional dependency

    with atheris.instrument_imports(include=["auditor"]):
        target = _target(options)
    part = Part(target, options)

    def one(octets: bytes) -> None:
        if not part.run(octets):
            part.say()
            os._exit(0)  # libFuzzer's own end would wait for its count of runs

    corpus = options.work / "corpus" / target.name
    _lay_out(corpus, target)
    limits = [f"-max_len={target.longest}", f"-timeout={HANGS_AFTER_SECONDS}", "-rss_limit_mb=0", "-reload=0"]
    places = [f"-dict={corpus}.dict", f"-artifact_prefix={options.work / 'failures' / target.name}-", str(corpus)]
    atheris.Setup([sys.argv[0], *limits, f"-seed={options.seed}", "-verbosity=0", *places], one)
    atheris.Fuzz()


def _lay_out(corpus: Path, target: Target) -> None:
    """The kept inputs as files, and the words as a dictionary of libFuzzer's."""
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus.parent.parent / "failures").mkdir(exist_ok=True)
    for place, octets in enumerate(seeds(target.kept)):
        (corpus / f"kept-{place}").write_bytes(octets)
    words = ("".join(f"\\x{octet:02X}" for octet in word) for word in target.tokens)
    Path(f"{corpus}.dict").write_text("".join(f'"{word}"\n' for word in words))


def _target(options: Namespace) -> Target:
    family = import_module(f"tests.fuzz.{options.family}")
    found: Target = next(target for target in family.TARGETS if target.name == options.target)
    warnings.simplefilter("error")  # as in the tests: a warning would go to a user's terminal
    return found


def _options() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.fuzz.part")
    parser.add_argument("family")
    parser.add_argument("target")
    parser.add_argument("--engine", choices=("atheris", "own"), default="own")
    parser.add_argument("--executions", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
