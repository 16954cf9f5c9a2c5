"""The built-in probes. Each is a plugin like a third party's: one file, one class, one entry point."""
