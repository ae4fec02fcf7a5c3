"""TLSA records: looked up, and matched to a chain (RFC 6698, 7671, 7672)."""

from auditor.policy.dane.judge import add_up, judge_host
from auditor.policy.dane.lookup import look_up_tlsa
from auditor.policy.dane.match import accepts
from auditor.policy.dane.rollover import renewal_risk, rollover

__all__ = ["accepts", "add_up", "judge_host", "look_up_tlsa", "renewal_risk", "rollover"]
