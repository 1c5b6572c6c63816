"""The command line: ``main`` its frame, ``parser`` its grammar, ``commands`` what they do."""
