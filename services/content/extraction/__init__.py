"""What a file is, and its text page by page: told by a process of its own, which may die.

    types.py     the type of a file by its content
    archives.py  office files are zip archives: their promises are checked before they are opened
    pdf.py, office.py, markup.py   the text of each page
    __main__.py  the process: limits first, then one file
    limits.py    how much time, memory and output it may take
    outside.py   starts it, watches it, and says what became of it

Nothing that a file holds is trusted: an encrypted, damaged, huge or endless one ends as a word in `reading`."""
