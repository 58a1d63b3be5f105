"""Where people see the report: pull requests, job summaries, commit statuses."""
