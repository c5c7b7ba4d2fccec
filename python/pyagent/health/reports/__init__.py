"""The formats of a report: each module has one function that renders it."""
