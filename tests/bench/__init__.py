"""The bench: what the server costs, beside its goals. `python -m tests.bench` from the root; Linux only.

Each file measures one thing and returns `Figure`s; nothing here is a test, and no test asserts a time.
"""
