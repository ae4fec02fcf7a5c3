"""A recorded run, ready to be judged: its journal, the routes its answers make, the checks, and what is said of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import ceil
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from auditor.checks import CATALOGUE, RULES_VERSION, Judge, Selection
from auditor.config import Config
from auditor.cores import processes_for
from auditor.journal import MERGED_FROM, Journal
from auditor.model.dns import Answer, DnsStatus, Question
from auditor.model.target import Target
from auditor.policy.contact import SurveyPlan
from auditor.policy.drive import replay
from auditor.policy.route import mail_route
from auditor.policy.survey import Survey, made_up_label, survey
from auditor.report.about import About, CheckLine
from auditor.report.frames import whole
from auditor.report.judged_apart import judged_apart
from auditor.report.ready import BLOCK, ready_blocks
from auditor.report.remembered import remembered
from auditor.report.sources import RecordedSurvey, SurveyOf
from auditor.report.stage import STAGED, stage
from auditor.report.staging import Staging
from auditor.report.tables import TABLES
from auditor.report.target_rows import TargetRows, judged_here
from auditor.report.write import write_run
from auditor.report.writers import affordable

if TYPE_CHECKING:
    import pandas as pd

_KEPT_ANSWERS = 20_000  # those of busy exchanges, which many domains ask for
_WHY = "the run did not ask"


def write_reports(
    folder: Path, formats: Sequence[str], selection: Selection, observed: Event | None = None
) -> list[Path]:
    """Judge the run in ``folder`` by the chosen checks of today, and write its files; returns their paths.

    While ``observed`` is not set the run goes on: targets are judged as they are settled, and the rest follows then.

    Raises:
        UsageError: there is no journal, or a format or check that does not exist is asked for.
        NotFinishedError: the file system refuses.
    """
    with Journal.read(folder) as journal:
        written, _ = affordable(formats, journal.target_count)
        judged = _judged(journal, selection, observed)
        return write_run(journal, partial(_about, journal, selection), judged, folder, written)


def left_out(folder: Path, formats: Sequence[str]) -> str:
    """What the user should know of formats that :func:`write_reports` does not write of such a run; mostly nothing."""
    with Journal.read(folder) as journal:
        return affordable(formats, journal.target_count)[1]


def read_tables(folder: Path, selection: Selection) -> "dict[str, pd.DataFrame]":
    """The tables of the run in ``folder`` by name, judged by today's rules; see docs/columns.md.

    Raises:
        UsageError: there is no journal.
    """
    with Journal.read(folder) as journal, Staging(folder, STAGED) as staging:
        stage(journal, _judged(journal, selection), staging)
        return {table.name: whole(staging, table) for table in TABLES}


def _judged(journal: Journal, selection: Selection, observed: Event | None = None) -> Iterator[TargetRows]:
    """Every target judged: here, or where there are many, by as many processes as would scan them."""
    targets = journal.target_count
    processes = min(processes_for(journal.config.workers, targets), ceil(targets / BLOCK))
    if processes > 1:
        return judged_apart(journal.folder, selection, ready_blocks(journal, observed), processes)
    if observed is not None:
        observed.wait()
    return judged_here(journal, recorded_surveys(journal, journal.config), Judge(selection).judge)


def surveys_of(journal: Journal, config: Config) -> Callable[[Target], Survey | None]:
    """What the recorded answers make of a target under ``config``; ``None`` where its route is not known from them."""
    recorded = recorded_surveys(journal, config)

    def survey_of(target: Target) -> Survey | None:
        found = recorded(target)
        return None if found is None else found.survey

    return survey_of


def recorded_surveys(journal: Journal, config: Config) -> SurveyOf:
    """What the journal makes of the DNS of each of its targets."""
    validation = journal.validation
    trusted = validation is not None and validation.trusted
    plans = [config.survey_plan(start, ad_trusted=trusted) for start in journal.starts]
    answer = remembered(journal.answer, _KEPT_ANSWERS)
    return lambda target: recall_survey(target, _plan_of(target.domain, plans, answer), answer)


def _plan_of(domain: str, plans: Sequence[SurveyPlan], answer_of: Callable[[Question], Answer | None]) -> SurveyPlan:
    """The plan by which a domain was surveyed: each run of a merged one made up labels of its own."""
    if len(plans) == 1:
        return plans[0]
    asked = [(plan, answer_of(Question(f"{made_up_label(plan.salt, domain)}.{domain}", "TXT"))) for plan in plans]
    known = (plan for plan, answer in asked if answer is not None and answer.status.known)
    return next(known, next((plan for plan, answer in asked if answer is not None), plans[0]))


def recall_survey(
    target: Target, plan: SurveyPlan, answer_of: Callable[[Question], Answer | None]
) -> RecordedSurvey | None:
    """What recorded answers make of a target; ``None`` where those its mail route needs are not all there.

    A question about published policy that the run did not ask, because its version
    did not or because it ended before, counts as a lookup without a fact.
    """
    found = _recalled(target, plan, answer_of)
    if found is not None or replay(mail_route(target, plan.route), answer_of) is None:
        return found

    def answer_or_not_asked(question: Question) -> Answer:
        return answer_of(question) or Answer(question=question, status=DnsStatus.NOT_ASKED, error=_WHY)

    return _recalled(target, plan, answer_or_not_asked)


def _recalled(
    target: Target, plan: SurveyPlan, answer_of: Callable[[Question], Answer | None]
) -> RecordedSurvey | None:
    answers: dict[Question, Answer] = {}

    def keep(question: Question) -> Answer | None:
        answer = answer_of(question)
        if answer is not None:
            answers[question] = answer
        return answer

    found = replay(survey(target, plan), keep)
    return None if found is None else RecordedSurvey(found, tuple(answers.values()))


def _about(journal: Journal, selection: Selection) -> About:
    meta = journal.all_meta()
    config = journal.config
    note = journal.notes()
    validation = {"DNSSEC": journal.validation.words} if journal.validation is not None else {}
    return About(
        name=journal.folder.name,
        started_at=journal.started_at,
        finished_at=journal.finished_at,
        state=meta.get("state", "killed"),
        tool_version=meta.get("tool_version", ""),
        rules_version=RULES_VERSION,
        resolver=tuple(meta.get("resolver", ())),
        vantage={**meta.get("vantage", {}), **validation, **_merged_from(meta), **({"note": note} if note else {})},
        merged_from=tuple(meta.get(MERGED_FROM, ())),
        options=config.model_dump(mode="json"),
        options_set=_options_set(config),
        checks=tuple(
            CheckLine(check=c.id, name=c.name, severity=c.severity, title=c.title, reference=c.reference)
            for c in selection.of(CATALOGUE)
        ),
    )


def _merged_from(meta: Mapping[str, Any]) -> dict[str, str]:
    """The runs that this one was made out of, in words; nothing if there are none."""
    origins = meta.get(MERGED_FROM, ())
    named = (f"{one['name']} (shard {one['shard']})" if one["shard"] else one["name"] for one in origins)
    return {"merged from": ", ".join(named)} if origins else {}


def _options_set(config: Config) -> dict[str, object]:
    """The settings that are not the default."""
    default = Config().model_dump(mode="json")
    return {name: value for name, value in config.model_dump(mode="json").items() if value != default[name]}
