"""What keeps a benchmark from being run."""


class CannotMeasureError(Exception):
    """Something that is needed is missing, or did not work; its text says what, for the table of goals."""
