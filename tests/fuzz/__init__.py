"""Schemathesis against a real server: what the contract says, the server does."""
