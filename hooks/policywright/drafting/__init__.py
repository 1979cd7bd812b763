"""Answers become findings, provisions and tasks."""
