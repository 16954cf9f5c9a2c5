"""From a question to the facts that answer it: pure functions over fields, a frame and the history."""
