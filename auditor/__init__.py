"""auditor: a network-wide batch auditor of mail domains."""

__version__ = "0.1.0"
