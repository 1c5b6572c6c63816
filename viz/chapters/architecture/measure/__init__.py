"""What only this chapter measures; never imports Qt."""
