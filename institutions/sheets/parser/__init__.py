"""Opens a spreadsheet that may be hostile. Standard library and calamine only.

Run as ``python -m institutions.sheets.parser``: the file comes by the standard input,
its cells leave as JSON by the standard output. The process has limits of memory and of
time and is thrown away after one file (decision 39); it has no access to the portal.
"""
