"""What a query means and how results read, decided once for every engine."""
