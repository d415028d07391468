"""Answers as text for a terminal, JSON, SARIF and GitHub's annotations."""
