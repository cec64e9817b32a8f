"""Words that a sector writes over those that are shipped: Markdown with a few fields, rendered in a sandbox.

Which names each kind of mail has is in `fields`, what a template may do with them in `grammar`, how it is filled in
`filling`, how Markdown becomes both parts of a letter in `markdown`; `shipped` tells the shipped words in the same
language, to begin with."""
