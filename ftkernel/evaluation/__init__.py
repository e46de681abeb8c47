"""Scoring models: benchmarks, prediction and metrics.

Empty so far; training scores held-out rows itself.
"""
