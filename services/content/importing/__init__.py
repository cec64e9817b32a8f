"""Programs from other directories: files → records → mapped rows → the content service.

    files.py     which files a path holds, and their bytes within limits
    decoding.py  bytes → text, YAML, JSON
    tables.py    CSV and XLSX → rows with a header
    reading.py   files → records, with the place each came from; joins; what is left out
    spec.py      a mapping file: what it may say, checked strictly
    rules.py     one rule on one record → one value
    mapping.py   all rules on one record → an ImportRow, or what is wrong with it
    run.py       everything together, against a bus
    output.py    progress, summary and report for whoever ran it

Nothing here knows a particular source: what is particular stands in `mappings/*.toml`.
"""
