"""The desktop window of Farlead, drawn with Qt (see docs/architecture.md)."""
