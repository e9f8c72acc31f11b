"""Surfaces: colour, gloss and transparency, as glTF materials."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paint:
    """A surface.

    Attributes:
        name: Unique among all paints.
        srgb: Colour as ``#RRGGBB``.
        alpha: 1 is opaque; less is drawn blended.
        metallic: 0 to 1, as in glTF.
        roughness: 0 to 1, as in glTF.
    """

    name: str
    srgb: str
    alpha: float = 1.0
    metallic: float = 0.0
    roughness: float = 0.7

    def linear_rgba(self) -> list[float]:
        """Return the colour as glTF wants it: linear RGB and alpha.

        Source:
            IEC 61966-2-1, transfer function of sRGB.
        """
        channels = [int(self.srgb[i : i + 2], 16) / 255.0 for i in (1, 3, 5)]
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in channels
        ]
        return [round(c, 5) for c in linear] + [self.alpha]


CONCRETE = Paint("concrete", "#C8CBCD", roughness=0.9)
CONCRETE_DARK = Paint("concrete_dark", "#A9AEB1", roughness=0.9)
FLOOR_LINE = Paint("floor_line", "#E9ECEE", roughness=0.8)
HAZARD_YELLOW = Paint("hazard_yellow", "#F5C400", roughness=0.6)
HAZARD_BLACK = Paint("hazard_black", "#25282B", roughness=0.7)
WALL = Paint("wall", "#DDE2E5", roughness=0.9)
WALL_BAND = Paint("wall_band", "#B9C4CB", roughness=0.9)
DAYLIGHT = Paint("daylight", "#E4F0F6", roughness=0.2)
STEEL = Paint("steel", "#8E969C", metallic=0.4, roughness=0.5)
STEEL_LIGHT = Paint("steel_light", "#B4BBC0", metallic=0.4, roughness=0.45)
STEEL_DARK = Paint("steel_dark", "#5B636A", metallic=0.4, roughness=0.55)
STEEL_BRIGHT = Paint("steel_bright", "#D3D8DB", metallic=0.8, roughness=0.25)
MACHINE_BLUE = Paint("machine_blue", "#4A6377", roughness=0.5)
MACHINE_GREY = Paint("machine_grey", "#6F7980", roughness=0.6)
FRAME_DARK = Paint("frame_dark", "#3A3F44", roughness=0.6)
RUBBER = Paint("rubber", "#2B2E31", roughness=0.95)
BELT = Paint("belt", "#3B4045", roughness=0.95)
PLASTIC_BLACK = Paint("plastic_black", "#1F2224", roughness=0.6)
PLASTIC_GREY = Paint("plastic_grey", "#565C61", roughness=0.8)
GLASS = Paint("glass", "#9FC3D1", alpha=0.35, roughness=0.05)
CAR_PAINT = Paint("car_paint", "#3E5A73", metallic=0.25, roughness=0.3)
CAR_PAINT_RED = Paint("car_paint_red", "#8C2F2B", metallic=0.25, roughness=0.3)
CAR_PAINT_GREEN = Paint("car_paint_green", "#4E6B4A", metallic=0.25, roughness=0.3)
CAR_PAINT_WHITE = Paint("car_paint_white", "#F1F2F0", metallic=0.1, roughness=0.3)
CAR_GAP = Paint("car_gap", "#15181A", roughness=0.9)
CAR_TRIM = Paint("car_trim", "#25282B", roughness=0.5)
CAR_UNDERBODY = Paint("car_underbody", "#3A3F43", roughness=0.9)
CAR_LINING = Paint("car_lining", "#4A4E52", roughness=0.9)
LAMP_CLEAR = Paint("lamp_clear", "#E6EEF2", metallic=0.3, roughness=0.1)
LAMP_DARK = Paint("lamp_dark", "#4A545B", metallic=0.3, roughness=0.1)
LAMP_RED = Paint("lamp_red", "#A3181C", roughness=0.15)
LAMP_AMBER = Paint("lamp_amber", "#E08A1E", roughness=0.2)
ALLOY = Paint("alloy", "#C6CCD0", metallic=0.7, roughness=0.3)
UPHOLSTERY = Paint("upholstery", "#3D4348", roughness=0.95)
UPHOLSTERY_LIGHT = Paint("upholstery_light", "#8A9197", roughness=0.95)
ALUMINIUM = Paint("aluminium", "#AEB5BA", metallic=0.6, roughness=0.4)
ALUMINIUM_DARK = Paint("aluminium_dark", "#868E94", metallic=0.6, roughness=0.45)
COPPER = Paint("copper", "#B5774A", metallic=0.7, roughness=0.35)
HV_ORANGE = Paint("hv_orange", "#F26A1B", roughness=0.5)
STICKER = Paint("sticker", "#F2F3F0", roughness=0.6)
BOLT_ZINC = Paint("bolt_zinc", "#E0B64A", metallic=0.5, roughness=0.35)
PLATE_BAND = Paint("plate_band", "#23408E", roughness=0.5)
ROBOT_ORANGE = Paint("robot_orange", "#F07D19", roughness=0.45)
SKIN = Paint("skin", "#C99B7B", roughness=0.8)
HELMET = Paint("helmet", "#F4F5F5", roughness=0.4)
HI_VIS = Paint("hi_vis", "#D9E021", roughness=0.8)
REFLECTIVE = Paint("reflective", "#DDE1E3", metallic=0.5, roughness=0.3)
WORKWEAR = Paint("workwear", "#2C3E55", roughness=0.95)
GREEN_LIGHT = Paint("green_light", "#2FA36B", roughness=0.3)
SAFETY_RED = Paint("safety_red", "#B23A32", roughness=0.5)
FLUID_GREEN = Paint("fluid_green", "#4E8F5A", roughness=0.5)
FLUID_AMBER = Paint("fluid_amber", "#C9922E", roughness=0.5)
CYLINDER_BLUE = Paint("cylinder_blue", "#86B2CC", roughness=0.45)
SCREEN = Paint("screen", "#22465A", roughness=0.2)
PALLET_PLASTIC = Paint("pallet_plastic", "#5E7486", roughness=0.8)
BOARD = Paint("board", "#B99A6B", roughness=0.85)
ZINC = Paint("zinc", "#A9B3B8", metallic=0.5, roughness=0.5)
CURTAIN = Paint("curtain", "#D8B13A", alpha=0.45, roughness=0.3)
