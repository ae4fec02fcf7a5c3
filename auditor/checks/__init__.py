"""What is right and wrong: small pure functions of recorded facts."""

from auditor.checks import certificate, certificate_shape, dialogue, dns, keywords, mx, mx_exchange, mx_shape, smtp, tls
from auditor.checks.core import CATALOGUE, RULES_VERSION, Check
from auditor.checks.judging import Judge, Judgement, judge
from auditor.checks.selection import Selection

CATALOGUE.sort(key=lambda check: (("MX", "DNS", "SMTP", "TLS").index(check.family), check.id))

FAMILIES = (mx, mx_exchange, mx_shape, dns, smtp, dialogue, keywords, tls, certificate, certificate_shape)
"""The modules whose import fills the catalogue."""

__all__ = ["CATALOGUE", "FAMILIES", "RULES_VERSION", "Check", "Judge", "Judgement", "Selection", "judge"]
