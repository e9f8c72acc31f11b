"""Cuts the skin into panels, and each panel into paint, glass, trim and lamps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assets.makers import paint
from assets.makers.car_form import build_skin
from assets.makers.dimensions import AXLE_X_M, TYRE_RADIUS_M
from assets.makers.paint import Paint
from assets.makers.shape import Points, Shape, joined
from assets.makers.sheet import Region, Sheet, cut, oblong, within

ARCH_RADIUS_M = 0.365
_HALF_GAP_M = 0.0035
# Metres on the skin for a degree of height angle, about, over the cabin.
_M_PER_DEG = 0.011
_PILLAR_LOW_DEG, _PILLAR_HIGH_DEG = 37.0, 52.0


def _from_axle(sheet: Sheet, axle_x_m: float) -> Points:
    return np.hypot(sheet.x - axle_x_m, sheet.z - TYRE_RADIUS_M)


def _arches(sheet: Sheet) -> Points:
    nearest = np.minimum(_from_axle(sheet, AXLE_X_M), _from_axle(sheet, -AXLE_X_M))
    return within(nearest - ARCH_RADIUS_M, sheet.z - 0.9)


def _door_front(sheet: Sheet) -> Points:
    lean = 0.10 * np.clip(sheet.z - 0.95, 0.0, 1.0)
    return within(
        sheet.x - (0.875 + 0.03 * (sheet.z - 0.5)),
        -0.135 - lean - sheet.x,
        0.245 - sheet.z,
        (sheet.angle_deg - 43.0) * _M_PER_DEG,
        radius_m=0.045,
    )


def _door_rear(sheet: Sheet) -> Points:
    lean = 0.10 * np.clip(sheet.z - 0.95, 0.0, 1.0)
    return within(
        sheet.x + 0.15 + lean,
        -1.13 - sheet.x + 0.42 * np.clip(sheet.z - 0.95, 0.0, 1.0),
        0.245 - sheet.z,
        0.445 - _from_axle(sheet, -AXLE_X_M),
        (sheet.angle_deg - 43.0) * _M_PER_DEG,
        radius_m=0.045,
    )


def _bonnet(sheet: Sheet) -> Points:
    return within(
        sheet.x - (2.03 - 0.42 * sheet.y**2),
        1.075 - 0.10 * (sheet.y / 0.7) ** 2 - sheet.x,
        (17.0 - sheet.angle_deg) * 0.006,
        radius_m=0.03,
    )


def _tailgate(sheet: Sheet) -> Points:
    return within(
        sheet.x + 1.50,
        0.655 - sheet.z,
        sheet.y - (0.665 - 0.22 * (sheet.z - 0.7)),
        radius_m=0.05,
    )


def _side_windows(sheet: Sheet) -> Points:
    belt = 0.975 - 0.048 * sheet.x
    return within(
        belt - sheet.z,
        (sheet.angle_deg - _PILLAR_LOW_DEG) * _M_PER_DEG,
        sheet.x - 0.80,
        -1.20 + 0.55 * (sheet.z - 1.0) - sheet.x,
        radius_m=0.035,
    )


def _pillar_between_doors(sheet: Sheet) -> Points:
    lean = 0.10 * np.clip(sheet.z - 0.95, 0.0, 1.0)
    return np.abs(sheet.x + 0.142 + lean) - 0.05


def _quarter_light(sheet: Sheet) -> Points:
    return within(
        1.045 - sheet.z,
        (sheet.angle_deg - _PILLAR_LOW_DEG) * _M_PER_DEG,
        sheet.x + 1.235 - 0.25 * (sheet.z - 1.0),
        -1.50 + 0.25 * (sheet.z - 1.0) - sheet.x,
        radius_m=0.03,
    )


def _windscreen(sheet: Sheet) -> Points:
    return within(
        sheet.x - (1.045 - 0.13 * (sheet.y / 0.7) ** 2),
        0.135 - 0.05 * (sheet.y / 0.5) ** 2 - sheet.x,
        (_PILLAR_HIGH_DEG - sheet.angle_deg) * _M_PER_DEG,
        radius_m=0.04,
    )


def _rear_window(sheet: Sheet) -> Points:
    return within(
        sheet.x + 1.55,
        sheet.z - 1.365,
        1.055 - sheet.z,
        sheet.y - (0.56 - 0.30 * (sheet.z - 1.05)),
        radius_m=0.06,
    )


def _floor(sheet: Sheet) -> Points:
    """Return where the underbody takes the place of the skin."""
    return within((sheet.angle_deg + 90.0) * 0.01, np.abs(sheet.x) - 1.68)


def _reflector(sheet: Sheet) -> Points:
    strip = oblong(sheet.y - 0.60, sheet.z - 0.455, 0.085, 0.014, 0.01)
    return within(strip, sheet.x + 1.5)


def _headlamp(sheet: Sheet) -> Points:
    v = sheet.z - 0.655 - 0.20 * (sheet.y - 0.6)
    blade = 0.030 + 0.06 * np.clip(sheet.y - 0.42, 0.0, 0.3)
    return within(
        np.abs(sheet.y - 0.625) - 0.205,
        np.abs(v) - blade,
        1.56 - sheet.x,
        radius_m=0.025,
    )


def _headlamp_lower(sheet: Sheet) -> Points:
    edge = sheet.z - 0.655 - 0.20 * (sheet.y - 0.6)
    return within(_headlamp(sheet) + 0.007, edge + 0.012)


def _tail_lamp(sheet: Sheet) -> Points:
    v = sheet.z - 0.905
    return within(
        0.57 + 0.25 * v - sheet.y,
        np.abs(v) - 0.095,
        sheet.x + 1.56 + 0.5 * v,
        radius_m=0.03,
    )


def _intake(sheet: Sheet) -> Points:
    lower = oblong(sheet.y, sheet.z - 0.325, 0.56, 0.062, 0.05)
    return within(lower, 1.6 - sheet.x)


def _upper_slot(sheet: Sheet) -> Points:
    slot = oblong(sheet.y, sheet.z - 0.612, 0.45, 0.024, 0.02)
    return within(slot, 1.8 - sheet.x)


def _corner_slot(sheet: Sheet) -> Points:
    v = sheet.z - 0.40
    u = sheet.y - 0.715 - 0.1 * v
    return within(oblong(u, v, 0.03, 0.085, 0.025), 1.6 - sheet.x)


def _diffuser(sheet: Sheet) -> Points:
    plate = within(sheet.z - 0.40, sheet.y - 0.66 + 0.3 * (0.4 - sheet.z))
    return within(plate, sheet.x + 1.70, radius_m=0.04)


def _skirt(sheet: Sheet) -> Points:
    return sheet.z - 0.228


def _bumper_front(sheet: Sheet) -> Points:
    """Ahead of the wheel, below lamps and grille."""
    return within(1.675 - sheet.x, sheet.z - 0.578, radius_m=0.02)


def _bumper_rear(sheet: Sheet) -> Points:
    return within(sheet.x + 1.675, sheet.z - 0.60, radius_m=0.02)


def _inset(region: Region, by_m: float) -> Region:
    return lambda sheet: region(sheet) + by_m


def _spread(region: Region, by_m: float) -> Region:
    return lambda sheet: region(sheet) - by_m


# From the top layer down: what an earlier region takes, a later one cannot.
_GLAZED: tuple[tuple[Region, Paint], ...] = (
    (_inset(_windscreen, 0.022), paint.GLASS),
    (_windscreen, paint.CAR_TRIM),
    (_inset(_rear_window, 0.018), paint.GLASS),
    (_rear_window, paint.CAR_TRIM),
    (_spread(_side_windows, 0.014), paint.CAR_TRIM),
)
_LAMPS: tuple[tuple[Region, Paint], ...] = (
    (_headlamp_lower, paint.LAMP_DARK),
    (_inset(_headlamp, 0.007), paint.LAMP_CLEAR),
    (_headlamp, paint.CAR_TRIM),
    (_inset(_tail_lamp, 0.006), paint.LAMP_RED),
    (_tail_lamp, paint.CAR_TRIM),
    (_reflector, paint.LAMP_RED),
    (_intake, paint.CAR_TRIM),
    (_upper_slot, paint.CAR_TRIM),
    (_corner_slot, paint.CAR_TRIM),
    (_diffuser, paint.CAR_TRIM),
    (_skirt, paint.CAR_TRIM),
)


def build_panels(
    *, quarter_light: bool = False, panelled: bool = False
) -> dict[str, dict[Paint, Shape]]:
    """Return the left half: panel name to what it shows, in the car frame.

    Args:
        quarter_light: With a third window behind the rear door.
        panelled: With sheet instead of windows behind the front door.

    Panels: ``body``, ``door_front``, ``door_rear``, ``bonnet``, ``tailgate``,
    ``bumper_front``, ``bumper_rear``, ``windscreen``, ``rear_window``.
    """
    _, rest = cut(build_skin(), _arches)
    _, rest = cut(rest, _floor)
    panels: dict[str, dict[Paint, Shape]] = {}
    gaps: list[Sheet] = []
    for name, region in (
        ("door_front", _door_front),
        ("door_rear", _door_rear),
        ("bonnet", _bonnet),
        ("tailgate", _tailgate),
        ("bumper_front", _bumper_front),
        ("bumper_rear", _bumper_rear),
    ):
        panel, outside = cut(rest, _inset(region, _HALF_GAP_M))
        gap, rest = cut(outside, _spread(region, _HALF_GAP_M))
        if name == "tailgate":
            pane, panel = cut(panel, _rear_window)
            panels["rear_window"] = _surfaced(pane)
        panels[name] = _surfaced(panel)
        gaps.append(gap)
    pane, rest = cut(rest, _windscreen)
    panels["windscreen"] = _surfaced(pane)
    light: dict[Paint, Shape] = {}
    if quarter_light:
        pane, rest = cut(rest, _quarter_light)
        edge, rest = cut(rest, _spread(_quarter_light, 0.014))
        light = {paint.GLASS: pane.shape(), paint.CAR_TRIM: edge.shape()}
    body = _surfaced(rest)
    for surface, shape in light.items():
        body[surface] = joined([*([body[surface]] if surface in body else []), shape])
    if panelled:
        _panelled(body, paint.GLASS)
        _panelled(panels["door_rear"], paint.GLASS, paint.CAR_TRIM)
    body[paint.CAR_GAP] = joined([gap.shape() for gap in gaps])
    panels["body"] = body
    return panels


def _panelled(surfaces: dict[Paint, Shape], *gone: Paint) -> None:
    """Make painted sheet of a panel's glass, and of what frames it."""
    for surface in gone:
        shape = surfaces.pop(surface, None)
        if shape is not None:
            surfaces[paint.CAR_PAINT] = joined([surfaces[paint.CAR_PAINT], shape])


def _surfaced(panel: Sheet) -> dict[Paint, Shape]:
    """Return a panel's surfaces: glass, trim and lamps cut out of the paint."""
    found: dict[Paint, list[Shape]] = {}

    def keep(surface: Paint, sheet: Sheet) -> None:
        if not sheet.is_empty():
            found.setdefault(surface, []).append(sheet.shape())

    rest = panel
    for region, surface in _GLAZED:
        if region is _GLAZED[-1][0]:
            frame, rest = cut(rest, region)
            glass, trim = cut(frame, _side_windows)
            post, panes = cut(glass, _pillar_between_doors)
            keep(paint.GLASS, panes)
            keep(paint.CAR_TRIM, trim)
            keep(paint.CAR_TRIM, post)
            continue
        part, rest = cut(rest, region)
        keep(surface, part)
    for region, surface in _LAMPS:
        part, rest = cut(rest, region)
        keep(surface, part)
    keep(paint.CAR_PAINT, rest)
    return {surface: joined(shapes) for surface, shapes in found.items()}


def mirrored(panels: Mapping[Paint, Shape]) -> dict[Paint, Shape]:
    """Return a panel's mirror image on the right side."""
    return {surface: shape.mirrored_y() for surface, shape in panels.items()}
