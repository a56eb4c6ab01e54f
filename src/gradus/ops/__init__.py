"""The book of derivatives: every operation with its forward and its derivative side by side, one file per family."""
