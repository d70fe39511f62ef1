"""Cases: a proposal of the centre to step in, and everything that comes of it."""
