"""Critical values: the bar of open cases, and the column in which one is worked on."""
