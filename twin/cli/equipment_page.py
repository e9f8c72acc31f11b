"""The text of the equipment page: a section for each asset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from twin.cli.equipment_picture import asset_mesh, bounds_m
from twin.layout.assets import Asset, Footprint
from twin.layout.nodes import AssetNode
from twin.text import say

_STATES = ("dirty", "damaged", "depolluted", "stripped")
_CONFIDENCE = {"A": "published", "B": "derived", "C": "assumed"}


def pictures_folder(page: Path) -> Path:
    """Return where the pictures of a page lie."""
    return page.parent / "pictures" / "equipment"


def equipment_page(assets: Mapping[str, Asset]) -> str:
    """Return the page of all assets, in order of their names."""
    lines = [
        "# Equipment",
        "",
        "Made by `flins equipment`; do not edit. Every piece of the library, as stored "
        "in `assets/glb`, with a person or a rule of 0.1 m for scale. What the words "
        "mean stands in [assets.md](assets.md).",
        "",
        " · ".join(f"[{name}](#{name})" for name in assets),
        "",
    ]
    for name, asset in assets.items():
        lines += _section(name, asset)
    lines += _looks_section()
    return "\n".join(lines).rstrip() + "\n"


def looks_shown() -> list[tuple[str, str, str]]:
    """Return the cars, states and paints whose pictures close the page."""
    shown = [("hatchback", state, "") for state in _STATES]
    return [
        *shown,
        ("estate", "", "silver"),
        ("van", "", "ochre"),
        ("van", "damaged", "blue"),
        ("estate", "stripped", "white"),
    ]


def look_file(name: str, state: str, paint: str) -> str:
    """Return the name of a look's picture, without its folder and ending."""
    return "_".join(word for word in (name, state, paint) if word)


def _looks_section() -> list[str]:
    lines = [
        "## How cars look",
        "",
        "Every car has these states and six paints; they are rules in its file, see "
        "[assets.md](assets.md).",
        "",
    ]
    for name, state, paint in looks_shown():
        words = ", ".join(word for word in (state, paint) if word)
        file = look_file(name, state, paint)
        lines += [
            f"{name}, {words}:",
            "",
            f"![{file}](pictures/equipment/{file}.webp)",
            "",
        ]
    return lines


def _section(name: str, asset: Asset) -> list[str]:
    mesh = asset_mesh(asset)
    low, high = bounds_m(mesh)
    x, y, z = (high - low).tolist()
    mass_kg = sum(node.mass_kg for node in asset.nodes)
    rows = [
        ("Size", f"{x:.2f} × {y:.2f} × {z:.2f} m (x, y, z)"),
        ("Mass", f"{_kilograms(mass_kg)}{_confidence(asset)}"),
        ("Ports", _ports(asset)),
        ("Joints", _joints(asset)),
        ("Floor", _floor(asset)),
        ("Triangles", f"{len(mesh.triangles):,}".replace(",", "\u202f")),
        ("Sources", "; ".join(_sources(asset)) or "–"),
    ]
    return [
        f"## {name}",
        "",
        f"![{name}](pictures/equipment/{name}.webp)",
        "",
        say(f"equipment.{name}", "en"),
        "",
        "| | |",
        "|---|---|",
        *(f"| {head} | {text} |" for head, text in rows),
        "",
    ]


def _kilograms(mass_kg: float) -> str:
    if mass_kg < 10.0:
        return f"{mass_kg:.3g} kg"
    return f"{mass_kg:,.0f} kg".replace(",", "\u202f")


def _confidence(asset: Asset) -> str:
    found = sorted({node.confidence for node in asset.nodes if node.confidence})
    words = [f"{letter}, {_CONFIDENCE[letter]}" for letter in found]
    return f" (class {' and '.join(words)})" if words else ""


def _ports(asset: Asset) -> str:
    named = [
        f"`{port.name}` ({port.kind}, {port.direction})"
        for node in asset.nodes
        if not _is_inside(node)
        for port in node.ports
    ]
    return ", ".join(named) or "–"


def _is_inside(node: AssetNode) -> bool:
    """Say whether a node is a car's part, whose many grips assets.md tells."""
    return bool(node.loose_collision) and node.kind != "car"


def _joints(asset: Asset) -> str:
    found: dict[str, str] = {}
    for node in asset.nodes:
        joint = node.joint
        if joint is None:
            continue
        unit = "m" if joint.type == "prismatic" else "rad"
        span = f"{joint.lower:g} to {joint.upper:g} {unit}"
        found[joint.name] = "turns freely" if joint.upper > 1e3 else span
    return ", ".join(f"`{name}` {span}" for name, span in found.items()) or "–"


def footprint_of(asset: Asset) -> Footprint | None:
    """Return the floor that an asset takes; None for what stands on none."""
    found = [node.footprint for node in asset.nodes if node.footprint is not None]
    return found[0] if found else None


def _floor(asset: Asset) -> str:
    footprint = footprint_of(asset)
    if footprint is None:
        return "–"
    x = footprint.high_m[0] - footprint.low_m[0]
    y = footprint.high_m[1] - footprint.low_m[1]
    clear = [
        f"{side} {metres:g} m" for side, metres in footprint.clear_m.items() if metres
    ]
    free = f"; clear: {', '.join(clear)}" if clear else ""
    return f"{x:.2f} × {y:.2f} m{free}"


def _sources(asset: Asset) -> list[str]:
    said = [node.source for node in asset.nodes if node.source]
    return list(dict.fromkeys(said))
