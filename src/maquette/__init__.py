"""Maquette: from a request in plain words to finished, checked pictures."""

__version__ = "0.1.0"
