"""One module a rule; the judge holds them in an explicit order."""
