"""Reference policies and lists of sensitive actions: the library, parameters, and their tests."""
