"""What a file is, and its text page by page: told by a process of its own, which may die.

    archives.py  office files are zip archives: their promises are checked before they are opened
    pdf.py, office.py, markup.py   the text of each page
    titles.py    the title that it bears
    pictures.py  a picture of it: its own, or its first page drawn (firstpages/ says what is on it, sheet.py draws)
    __main__.py  the process: limits first, then one file
    limits.py    how much time, memory and output it may take
    outside.py   starts it, watches it, and says what became of it

Nothing that a file holds is trusted: an encrypted, damaged, huge or endless one ends as a word in `reading`."""
