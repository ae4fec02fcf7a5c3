"""How servers speak: sans-IO, standard library only, incremental, bounded.

Knows nothing of auditing and does no I/O.
"""
