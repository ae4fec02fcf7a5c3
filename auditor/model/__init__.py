"""What is known: frozen records and enums, without logic beyond derived properties.

Everything here can be written to the journal and read back equal.  Names of
domains and hosts are lower-case A-labels without a trailing dot; times are
aware datetimes in UTC; durations end in ``_ms`` or ``_seconds``.
"""
