"""Runs one answer against its test, in the sandbox: a module for each language."""
