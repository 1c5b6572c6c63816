"""The main window, and what stands round the chapters."""
