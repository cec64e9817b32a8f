"""How much reading one file of an import may take, in a process of its own."""

SECONDS = 60  # of work, and of waiting for it
MEMORY = 768 * 1024 * 1024  # bytes of address space
OUTPUT = 64 * 1024 * 1024  # bytes of rows
