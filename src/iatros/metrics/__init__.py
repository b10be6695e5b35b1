"""Metrics: pure functions on arrays, with weights [R, N] for R resamples."""
