"""An embedded world of nameserver and mail servers, scripted by readable text files."""

from auditor.lab.world import Lab, open_lab

__all__ = ["Lab", "open_lab"]
