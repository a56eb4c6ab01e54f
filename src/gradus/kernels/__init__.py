"""The engine room: arrays in, arrays out. A reader of the derivatives may skip it."""
