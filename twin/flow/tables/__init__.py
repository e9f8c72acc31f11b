"""A scenario's times, routes, mix, staff and hours as a spreadsheet, and back."""

from twin.flow.tables.exchange import read_tables, write_tables
from twin.flow.tables.results import write_results

__all__ = ["read_tables", "write_results", "write_tables"]
