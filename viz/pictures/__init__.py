"""Pictures of strangers: read from files, and placed on canvases by their writing."""
