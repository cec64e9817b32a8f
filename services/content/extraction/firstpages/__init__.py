"""What stands on the first page of a file, type by type: as far as its reader's library tells it.

    docx.py, odt.py, pptx.py, xlsx.py   a file of that type as a Sheet
    hues.py                             the colours of slides
    trees.py                            the XML of OpenDocument as a tree, its beginning only

Pictures, drawings, headers and columns are left out: the page is known by its words, their sizes and its paper."""
