"""Grammars in the libraries that models are run with; each is imported only where it is used."""
