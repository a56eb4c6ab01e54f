"""The engine: what a tensor is, how an operation is recorded, how backward() walks, dtypes, random streams."""
