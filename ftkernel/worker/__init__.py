"""The worker: a process of its own that does one heavy job and is the only place where torch is imported."""
