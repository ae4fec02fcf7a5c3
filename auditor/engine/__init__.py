"""Which job is next, and the nurseries that do it; knows no report format."""
