"""The tables and their columns, each declared once; users rely on their names and their order."""

from typing import Any

from auditor.report.columns import Column, Kind, Table
from auditor.report.tables.certificates import CERTIFICATES
from auditor.report.tables.dkim import DKIM
from auditor.report.tables.domains import DOMAINS
from auditor.report.tables.endpoints import ENDPOINTS
from auditor.report.tables.findings import FINDINGS
from auditor.report.tables.listeners import LISTENERS
from auditor.report.tables.mx import MX
from auditor.report.tables.records import RECORDS
from auditor.report.tables.spf import SPF
from auditor.report.tables.tlsa import TLSA

TABLES: tuple[Table[Any], ...] = (DOMAINS, MX, ENDPOINTS, CERTIFICATES, FINDINGS, SPF, DKIM, TLSA, RECORDS, LISTENERS)
"""Every table that is written for people and programs."""

__all__ = [
    "CERTIFICATES",
    "DKIM",
    "DOMAINS",
    "ENDPOINTS",
    "FINDINGS",
    "LISTENERS",
    "MX",
    "RECORDS",
    "SPF",
    "TABLES",
    "TLSA",
    "Column",
    "Kind",
    "Table",
]
