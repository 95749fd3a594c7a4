"""The program behind ``./run``: standard library only, on Python 3.11 and later."""
