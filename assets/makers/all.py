"""Every asset of the cell by name."""

from __future__ import annotations

from assets.makers.cabinet import build_cabinet
from assets.makers.car import build_cars
from assets.makers.conveyor import build_pack_belt, build_wheel_conveyor
from assets.makers.hall import build_hall
from assets.makers.lift import build_lift
from assets.makers.node import Asset
from assets.makers.pack import build_bolt
from assets.makers.pack_opened import build_opened_pack
from assets.makers.person import build_worker
from assets.makers.safety import build_fence, build_light_barrier
from assets.makers.storage import build_rack
from assets.makers.table import build_table
from assets.makers.tool import build_camera, build_nutrunner


def build_assets() -> dict[str, Asset]:
    """Return all assets: name to asset."""
    made = [
        build_hall(),
        build_wheel_conveyor(),
        build_pack_belt(),
        build_lift(),
        build_table(),
        build_rack(),
        build_fence(),
        build_light_barrier(),
        build_nutrunner(),
        build_camera(),
        build_bolt(),
        build_opened_pack(),
        build_worker(),
        build_cabinet(),
        *build_cars(),
    ]
    return {asset.name: asset for asset in made}
