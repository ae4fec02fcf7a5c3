"""One whole job, from sources to reports: what ``import auditor`` offers and the command line calls."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import trio

import auditor
from auditor.checks import RULES_VERSION, Selection
from auditor.config import Config
from auditor.engine.campaign import StopReason, run_campaign
from auditor.engine.progress import ProgressSink
from auditor.errors import UsageError
from auditor.journal import Journal
from auditor.report import write_reports
from auditor.runs import new_run_folder, point_latest
from auditor.targets import ListOptions, read_targets

if TYPE_CHECKING:
    import pandas as pd
