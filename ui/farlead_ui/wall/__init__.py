"""The wall: one screen of figures for a room, read from six metres; no patient is named."""
