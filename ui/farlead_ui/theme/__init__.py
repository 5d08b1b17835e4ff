"""Colours, type sizes and spacing of the window."""
