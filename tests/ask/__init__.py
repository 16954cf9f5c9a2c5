"""The evaluation of `POST /api/ask`: questions, how an answer is scored, and the run that asks them all."""
