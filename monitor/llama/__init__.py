"""The language model: its process, the file it is in, what it is asked and what it may answer."""
