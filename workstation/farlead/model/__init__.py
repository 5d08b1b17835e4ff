"""Frozen values and state tables; no input, no output."""
