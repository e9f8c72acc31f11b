"""Every asset by name."""

from __future__ import annotations

from assets.makers.agv import build_agv
from assets.makers.bale import build_pressed_hulk
from assets.makers.belt_conveyor import build_belt_conveyor
from assets.makers.cabinet import build_cabinet
from assets.makers.car import build_cars, build_reformed_cars
from assets.makers.container import (
    build_pallet_box,
    build_stillage,
)
from assets.makers.conveyor import build_pack_belt, build_wheel_conveyor
from assets.makers.conveyor_curve import build_curve
from assets.makers.conveyor_transfer import build_transfer
from assets.makers.cross_lift import build_cross_lift
from assets.makers.depollution import build_depollution_rig
from assets.makers.door_rack import build_door_rack
from assets.makers.engine_crane import build_engine_crane
from assets.makers.fence_gate import build_fence_gate
from assets.makers.floor import covering, standing
from assets.makers.floor_marks import (
    build_danger_mark,
    build_floor_mark,
    build_parking_row,
)
from assets.makers.forklift import build_forklift
from assets.makers.four_post_lift import build_four_post_lift
from assets.makers.fuel_drain import build_fuel_drain
from assets.makers.gripper import build_jaw_gripper, build_vacuum_gripper
from assets.makers.guard import (
    build_explosive_zone,
    build_light_curtain,
    build_stop_post,
)
from assets.makers.hall import build_hall
from assets.makers.hall_gate import build_hall_gate
from assets.makers.hall_roof import build_hall_roof
from assets.makers.hall_wall import build_hall_column, build_hall_wall
from assets.makers.incline import build_incline_conveyor
from assets.makers.level_lift import build_level_lift
from assets.makers.lift import build_lift
from assets.makers.node import Asset, Port, turned
from assets.makers.pack import build_bolt
from assets.makers.pack_opened import build_opened_pack
from assets.makers.paint_booth import build_paint_booth
from assets.makers.parts_shelf import build_parts_shelf
from assets.makers.person import build_worker
from assets.makers.press import build_press
from assets.makers.pyrotechnics import build_pyrotechnics_booth
from assets.makers.quarantine import build_quarantine_container
from assets.makers.refrigerant import build_refrigerant_unit
from assets.makers.roller_conveyor import (
    build_accumulation_conveyor,
    build_roller_conveyor,
)
from assets.makers.safety import (
    build_fence,
    build_light_barrier,
    build_light_sensor,
)
from assets.makers.shear import build_shear
from assets.makers.side_clamp import build_side_clamp
from assets.makers.storage import build_rack
from assets.makers.table import build_table
from assets.makers.test_bay import build_test_bays
from assets.makers.tilter import build_tilter
from assets.makers.tool import build_camera, build_nutrunner
from assets.makers.tool_changer import (
    build_changer_master,
    build_changer_plate,
    build_tool_stand,
)
from assets.makers.tool_trolley import build_tool_trolley
from assets.makers.trolley import build_wheel_trolley
from assets.makers.tug import build_tug, build_tug_trailer
from assets.makers.turntable import build_turntable
from assets.makers.wash_tunnel import build_wash_tunnel
from assets.makers.workbench import build_workbench

_BACK = turned((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
_UP = turned((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
_LIFT_CLEAR_M = {"+x": 5.0, "-x": 5.0, "+y": 0.8, "-y": 0.8}
_LIFT_PORTS = (
    Port("car_in", "car", "in", (-0.5, 0.0, 0.0), _BACK),
    Port("car_out", "car", "out", (0.5, 0.0, 0.0)),
)
_TABLE_PORTS = (Port("pack", "pack", "both", (0.0, 0.0, 0.10), _UP),)


def build_assets() -> dict[str, Asset]:
    """Return all assets: name to asset."""
    made = [
        standing(build_hall(), {}),
        standing(build_wheel_conveyor(), {"+y": 0.8, "-y": 0.8}),
        standing(build_pack_belt(), {}),
        standing(
            build_lift(),
            {"+x": 5.0, "-x": 5.0, "+y": 0.8, "-y": 0.8},
            ports=_LIFT_PORTS,
        ),
        standing(build_table(), {"+y": 0.6, "-y": 0.6}, ports=_TABLE_PORTS),
        standing(build_rack(), {"+y": 1.0}),
        standing(build_fence(), {}),
        standing(build_light_barrier(), {}),
        standing(build_light_sensor(), {}),
        build_nutrunner(),
        build_camera(),
        build_bolt(),
        build_opened_pack(),
        standing(build_worker(), {"+x": 0.6}),
        standing(build_cabinet(), {"+x": 0.8}),
        *build_cars(),
        *build_reformed_cars(),
        build_roller_conveyor(),
        build_roller_conveyor("roller_conveyor_600", 3.0, 0.60, 0.70, 0.075),
        build_accumulation_conveyor(),
        build_belt_conveyor(),
        build_transfer(),
        build_transfer("conveyor_transfer_600", 0.60),
        build_turntable(),
        build_curve(),
        build_test_bays(),
        build_level_lift(),
        build_cross_lift(),
        build_four_post_lift(),
        build_tilter(),
        build_side_clamp(),
        build_depollution_rig(),
        build_fuel_drain(),
        build_vacuum_gripper(),
        build_jaw_gripper(),
        build_shear(),
        build_changer_master(),
        build_changer_plate(),
        build_tool_stand(),
        build_wheel_trolley(),
        build_stillage(),
        build_pallet_box(),
        build_door_rack(),
        build_light_curtain(),
        build_stop_post(),
        build_explosive_zone(),
        build_press(),
        build_pressed_hulk(),
        build_parts_shelf(),
        build_workbench(),
        build_tool_trolley(),
        build_forklift(),
        build_engine_crane(),
        build_refrigerant_unit(),
        build_pyrotechnics_booth(),
        build_quarantine_container(),
        build_hall_column(),
        build_hall_wall(),
        build_hall_gate(),
        build_hall_roof(),
        build_floor_mark(),
        build_danger_mark(),
        build_parking_row(),
        build_fence_gate(),
        build_agv(),
        build_tug(),
        build_tug_trailer(),
        build_wash_tunnel(),
        build_paint_booth(),
        build_incline_conveyor(),
    ]
    return {asset.name: covering(asset) for asset in made}
