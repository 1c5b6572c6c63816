"""What only this chapter measures, without Qt."""
