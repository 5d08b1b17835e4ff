"""The window: composes the rooms, head line and status line; no work of its own."""
