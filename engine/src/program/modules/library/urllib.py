"""urllib: the package of parse."""
