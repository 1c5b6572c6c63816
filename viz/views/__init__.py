"""Views: one instrument per file. A view shows a snapshot or the document; it computes nothing."""
