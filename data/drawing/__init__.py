"""Nine drawn animals; `canvas` has the few kinds of shape that they are made of."""
