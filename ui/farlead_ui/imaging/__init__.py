"""The plain image view: for viewing, not for diagnosis, until the full viewer is there.

`model` holds the state without Qt (`series`, `window`, `cine` are its parts), `view` paints it,
`words` is the bar of control words above it.
"""
