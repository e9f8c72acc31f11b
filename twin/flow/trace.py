"""The trace of a run as a Parquet file: written as it comes, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import FlowError, MissingPartError
from twin.flow.kernel import records as r
from twin.flow.plant import Plant, Table

KINDS: Mapping[int, str] = MappingProxyType(
    {
        r.T_CREATED: "created",
        r.T_ENTERED: "entered",
        r.T_STARTED: "started",
        r.T_FINISHED: "finished",
        r.T_LEFT: "left",
        r.T_OUT: "out",
        r.T_REJECTED: "rejected",
        r.T_SCRAPPED: "scrapped",
        r.T_RENEGED: "reneged",
        r.T_FAILED: "failed",
        r.T_REPAIRED: "repaired",
        r.T_YIELDED: "yielded",
        r.T_ABSENT: "absent",
        r.T_LOADED: "loaded",
        r.T_OPENED: "opened",
        r.T_CLOSED: "closed",
        r.T_BLOCKED: "blocked",
        r.T_PAUSED: "paused",
    }
)
"""What happened, by the kernel's number."""

_OF_OPERATIONS = (r.T_STARTED, r.T_FINISHED, r.T_YIELDED, r.T_ABSENT, r.T_PAUSED)
_OF_MODES = (r.T_FAILED, r.T_REPAIRED)
_ROW_GROUP = 131_072
"""Rows kept before they are written, about 5 MB."""

_NOBODY = -1


class TraceWriter:
    """Writes the rows of a trace; use it in a ``with``.

    Columns: ``time_s``; ``kind``, what happened; ``node``; ``part``, its serial
    number, none where a node as a whole is meant; ``product``; ``detail``: the
    operation, the failure or maintenance, the vehicle ``fleet/number``, or, where a
    server is blocked, its number.

    Args:
        plant: What runs.
        path: The file, .parquet.

    Raises:
        MissingPartError: If pyarrow is not installed.
        FlowError: If the file cannot be written.
    """

    def __init__(self, plant: Plant, path: Path) -> None:
        try:
            import pyarrow  # only who writes Parquet needs it
            import pyarrow.parquet
        except ImportError as error:
            raise MissingPartError(
                "--trace: pyarrow is not installed; run: pip install "
                "'flins-twin[tables]'"
            ) from error
        self._arrow: Any = pyarrow
        self._plant, self._path = plant, path
        self._beside = path.with_name(f".{path.name}.{os.getpid()}")
        self._waiting: list[Table] = []
        self._n_waiting = 0
        self._detail = _Detail(plant)
        names = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
        self._schema = pyarrow.schema(
            [
                ("time_s", pyarrow.float64()),
                ("kind", names),
                ("node", names),
                ("part", pyarrow.int64()),
                ("product", names),
                ("detail", names),
            ]
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(0, "is a folder")
            self._file: Any = pyarrow.parquet.ParquetWriter(
                self._beside, self._schema, compression="zstd"
            )
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._write()
            self._file.close()
            if kind is None:
                self._beside.replace(self._path)
        except OSError as problem:
            raise self._unwritable(problem) from problem
        finally:
            with contextlib.suppress(OSError):
                self._beside.unlink(missing_ok=True)

    def take(self, rows: Table) -> None:
        """Add rows of the log "trace"."""
        self._waiting.append(rows)
        self._n_waiting += len(rows)
        if self._n_waiting >= _ROW_GROUP:
            self._write()

    def _write(self) -> None:
        if not self._n_waiting:
            return
        rows = np.concatenate(self._waiting)
        self._waiting, self._n_waiting = [], 0
        names = self._plant.names
        columns = [
            self._arrow.array(rows["time_s"]),
            self._named(rows["kind"], [KINDS[kind] for kind in sorted(KINDS)]),
            self._named(rows["node"], names.nodes),
            self._arrow.array(rows["part"], mask=rows["part"] < 0),
            self._named(rows["product"], names.products),
            self._named(self._detail.code(rows), self._detail.words),
        ]
        try:
            self._file.write_table(
                self._arrow.Table.from_arrays(columns, schema=self._schema)
            )
        except OSError as error:
            raise self._unwritable(error) from error

    def _named(self, codes: NDArray[np.int32], words: Sequence[str]) -> Any:
        """Return a column of texts, each by its place in a list; below 0 is none."""
        return self._arrow.DictionaryArray.from_arrays(
            self._arrow.array(codes.astype(np.int32), mask=codes < 0),
            self._arrow.array(list(words), self._arrow.string()),
        )

    def _unwritable(self, error: OSError) -> FlowError:
        return FlowError(
            f"{self._path}: cannot be written ({error.strerror or error}); choose "
            "another place for the trace"
        )


class _Detail:
    """Texts for the detail of a row, which means something else for each kind."""

    def __init__(self, plant: Plant) -> None:
        nodes, names = plant.tables["nodes"], plant.names
        operations = [
            operation for of_node in names.operations for operation in of_node
        ]
        self._first_op = nodes["first_op"]
        modes = [mode for _, _, mode in names.modes]
        vehicles = [
            f"{fleet}/{k + 1}"
            for fleet, plan in zip(names.fleets, plant.tables["fleets"], strict=True)
            for k in range(int(plan["n_vehicles"]))
        ]
        servers = [str(k + 1) for k in range(int(nodes["servers"].max(initial=0)))]
        self.words = [*operations, *modes, *vehicles, *servers]
        self._mode_from = len(operations)
        self._vehicle_from = self._mode_from + len(modes)
        self._server_from = self._vehicle_from + len(vehicles)

    def code(self, rows: Table) -> NDArray[np.int32]:
        """Return each row's place in ``words``, -1 for none."""
        kind, detail = rows["kind"], rows["detail"]
        found = np.full(len(rows), _NOBODY, np.int32)
        of_op = np.isin(kind, _OF_OPERATIONS) & (detail >= 0)
        found[of_op] = self._first_op[rows["node"][of_op]] + detail[of_op]
        for kinds, begin in (
            (_OF_MODES, self._mode_from),
            ((r.T_LOADED,), self._vehicle_from),
            ((r.T_BLOCKED,), self._server_from),
        ):
            chosen = np.isin(kind, kinds)
            found[chosen] = begin + detail[chosen]
        return found
