"""Lists of children and of staff as spreadsheets, out and in.

``template`` writes the protected sheet; ``reading`` opens what comes back, in a
process of its own (``parser``); ``checking`` says what is wrong, cell by cell; ``plan``
compares it with the list; ``receiving`` keeps it meanwhile; ``applying`` saves it.

Nothing is imported here: the process that opens hostile files starts light.
"""
