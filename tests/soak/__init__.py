"""The soak: a server under a churning load for a long time, and whether anything in it grows. Run by `make soak`."""
