"""Programs of one job, started as processes of their own so that what they use can be told apart.

Each prints one line of JSON.  Their arguments are few and positional: they are
started by :mod:`benchmarks.goals`, not by hand.
"""
