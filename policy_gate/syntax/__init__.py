"""JSON and YAML text to trees that know where each value stands. Bounded, safe, no I/O."""
