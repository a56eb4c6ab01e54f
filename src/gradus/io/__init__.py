"""Files in and out: one module a format. Each reads strictly and refuses a malformed file with one line on where."""
