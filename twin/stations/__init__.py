"""What stations do: PackML states as a table, operations as data, a pure interpreter."""
