"""The worker: a process that does one heavy job; the only place where torch is imported."""
