"""What users call: checks of functions, operations and modules, and the verdict they share."""
