"""`monitor doctor`: looks at a set-up, and says what is wrong with it and what to do."""
