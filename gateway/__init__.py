"""The public door of a sector: API and pages, one process per sector."""
