"""What the RFCs make of published data: mail routes, certificates and their names.

Does no I/O: an evaluation that needs more of the DNS is a generator that yields
batches of questions and is sent their answers, so that live resolving, a recorded
run and a test's dictionary all drive the same code.
"""
