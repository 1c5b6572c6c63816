"""The chapters, each in a folder of its own: its record, its demonstrations, its instruments."""
