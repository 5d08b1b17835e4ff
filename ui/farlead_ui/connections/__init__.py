"""The connections room: one line for each unit, archive and peer, details of the chosen one."""
