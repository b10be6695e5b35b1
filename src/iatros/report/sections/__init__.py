"""Sections of the page: one file a question. Each has `section(reading) -> Section`."""
