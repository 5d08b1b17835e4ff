"""The ECG sheet: millimetres first, pixels last.

`model` holds the state without Qt, `layouts` and `geometry` turn it into places on the glass,
`items` paint them, `view` is the sheet and `words` the bar of control words above it.
"""
