"""Things that stand in a hall: what the scenario says of each kind."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.scenario.fields import (
    ORIGIN,
    Acceleration,
    AngularAcceleration,
    AngularJerk,
    AngularSpeed,
    Friction,
    Jerk,
    Kilograms,
    Metres,
    Model,
    NewtonMetres,
    Newtons,
    NonNegativeMetres,
    NonNegativeRadians,
    Place,
    Point,
    PositiveMetres,
    PositiveRadians,
    Radians,
    Seconds,
    Speed,
    Text,
)


class Placed(Model):
    """What everything that stands somewhere has.

    Attributes:
        label: Name for people; the id where absent.
        place: Pose of its origin, world frame.
        asset: Name in the asset manifest, or a mesh file beside the scenario.
    """

    label: Text | None = None
    place: Place = ORIGIN
    asset: str


class Fixture(Placed):
    """Something that only stands there: a hall, a fence, a cabinet."""

    kind: Literal["fixture"]
    noun: str = "fixture"


class Conveyor(Placed):
    """A belt or strand that carries things along its own +X or +Y.

    Attributes:
        belts: Nodes of the asset that carry; the rest of it stands still.
        direction: Axis of travel in its own frame.
        speed: Of the belt when it runs.
        acceleration: Of its start and stop ramps.
        friction: Coulomb coefficient between belt and load, as it acts.
    """

    kind: Literal["conveyor"]
    belts: tuple[str, ...] = Field(strict=False, min_length=1)
    direction: Literal["+x", "-x", "+y", "-y"] = "+x"
    speed: Speed
    acceleration: Acceleration
    friction: Friction


class LightBarrier(Placed):
    """A beam between two posts that something breaks.

    Attributes:
        start: One end of the beam, in its own frame.
        end: The other end.
    """

    kind: Literal["light_barrier"]
    start: Point
    end: Point


class Lift(Placed):
    """A two-post lift: four arms swing in, the carriage rises and latches.

    Attributes:
        height: How far the carriage rises.
        slack: Gap below the sills before the pads take the car.
        speed: Of the carriage.
        acceleration: Of the carriage.
        arm_speed: Of an arm about its pin.
        arm_acceleration: Of an arm.
        capacity: Rated load.
        moving_mass: Carriage and arms.
        latch_time: To drop the latches and prove them.
        friction: Between pad and sill.
    """

    kind: Literal["lift"]
    height: PositiveMetres
    slack: PositiveMetres
    speed: Speed
    acceleration: Acceleration
    arm_speed: AngularSpeed
    arm_acceleration: AngularAcceleration
    capacity: Kilograms
    moving_mass: Kilograms
    latch_time: Seconds
    friction: Friction


class LiftTable(Placed):
    """A table that rises under a load until its load cell feels it.

    Attributes:
        speed: Free travel.
        seek_speed: Near the load.
        acceleration: Of either.
        seek_distance: Below the expected height where seeking begins.
        touch_force: Load at which it counts as touching.
        press_force: Most it presses while seeking.
        rated_force: Most it can carry.
        moving_mass: Of what rises.
        check_drop: How far it lowers to see whether the load follows.
        load_tolerance: Relative error of the load it accepts as "all of it".
        friction: Between pad and load.
    """

    kind: Literal["lift_table"]
    speed: Speed
    seek_speed: Speed
    acceleration: Acceleration
    seek_distance: PositiveMetres
    touch_force: Newtons
    press_force: Newtons
    rated_force: Newtons
    moving_mass: Kilograms
    check_drop: PositiveMetres
    load_tolerance: Friction
    friction: Friction


Posture = Annotated[tuple[Radians, ...], Field(strict=False)]


class RobotJoint(Model):
    """What a URDF does not say, or says wrongly, of a robot's joint and link.

    Attributes:
        mass: Of the link that the joint moves.
        torque: Most the drive gives.
        acceleration: Most it may accelerate.
        jerk: Most its acceleration may change a second.
        home: Joint angle at rest.
    """

    mass: Kilograms
    torque: NewtonMetres
    acceleration: AngularAcceleration
    jerk: AngularJerk
    home: Radians


class Nutrunner(Model):
    """A driven socket at the robot's flange.

    Attributes:
        asset: Its mesh.
        mass: Of the whole tool.
        length: From the flange to the socket's mouth.
        speed: Of the spindle.
        lateral_tolerance: Most the axes may be apart for the socket to engage.
        tilt_tolerance: Most they may lean against each other.
    """

    asset: str
    mass: Kilograms
    length: PositiveMetres
    speed: AngularSpeed
    lateral_tolerance: PositiveMetres
    tilt_tolerance: PositiveRadians


class Robot(Placed):
    """An articulated robot of a real URDF with a tool.

    Attributes:
        asset: Model name ("kuka_kr210_l150") or a URDF beside the scenario.
        joints: One entry a moving joint, base first.
        tool: What it holds.
        vias: Postures that ways may pass where the straight one collides.
        approach: Distance below a fastener from which it moves straight.
        line_speed: Of the straight approach and retreat.
        line_acceleration: Of the same.
        line_jerk: Of the same.
        dive: Distance below a fastener where it has room to pass under things.
        clearance: Least distance to anything but the target while planning.
    """

    kind: Literal["robot"]
    joints: tuple[RobotJoint, ...] = Field(strict=False)
    tool: Nutrunner
    vias: tuple[Posture, ...] = Field(default=(), strict=False)
    approach: PositiveMetres
    dive: PositiveMetres
    line_speed: Speed
    line_acceleration: Acceleration
    line_jerk: Jerk
    clearance: PositiveMetres


HOME = "home"


class Worker(Placed):
    """A person with a walking speed and places to be.

    Attributes:
        walking_speed: Straight between places.
        places: Where work is done, by name; "home" is ``place``, where the person
            waits.
    """

    kind: Literal["worker"]
    walking_speed: Speed
    places: dict[str, Place]

    def spot(self, name: str) -> Place:
        """Return a place by name."""
        return self.place if name == HOME else self.places[name]


class MeasuringCamera(Placed):
    """A simulated camera that measures a part's pose, with noise.

    Attributes:
        time: From trigger to result.
        position_noise: Standard deviation of each coordinate.
        angle_noise: Standard deviation of each rotation.
    """

    kind: Literal["measuring_camera"]
    time: Seconds
    position_noise: NonNegativeMetres
    angle_noise: NonNegativeRadians


class Rack(Placed):
    """Where packs end up: a place at the end of a belt.

    Attributes:
        inside: A pack whose centre of mass is this far along the belt's direction,
            counted from the world's origin, is inside.
        collected_after: A truck that is not modelled takes it away then.
    """

    kind: Literal["rack"]
    inside: Metres
    collected_after: Seconds


Equipment = Annotated[
    Fixture
    | Conveyor
    | LightBarrier
    | Lift
    | LiftTable
    | Robot
    | Worker
    | MeasuringCamera
    | Rack,
    Field(discriminator="kind"),
]
