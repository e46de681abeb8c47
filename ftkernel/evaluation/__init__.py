"""Benchmarks, prediction and metrics; worker side."""
