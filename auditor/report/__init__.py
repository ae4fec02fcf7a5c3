"""From a journal to tables, and from tables to files; opens no socket."""
