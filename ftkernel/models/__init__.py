"""Finding, converting, loading and describing models, and their adapters. Workers only."""
