"""How fast it is: ``make bench``.

Goals are measured over a generated world with servers of its own on loopback
(:mod:`benchmarks.goals`), and ways to do one thing are compared in one run
(:mod:`benchmarks.comparisons`).  Nothing here is part of the package.
"""
