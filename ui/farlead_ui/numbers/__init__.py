"""The manager's numbers: turnaround, load, retakes, critical values, agreement, signatures."""
