"""Where jobs are done: jobs in, observations out."""
