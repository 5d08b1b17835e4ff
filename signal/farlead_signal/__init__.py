"""Signal core: arrays in, arrays out; knows leads and millivolts, not patients."""
