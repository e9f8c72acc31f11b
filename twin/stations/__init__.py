"""What stations do: PackML as a table, operations as data, a pure interpreter."""
