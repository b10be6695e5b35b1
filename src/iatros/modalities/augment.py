"""What augmentation a study may ask for: limits of random motions and changes of grey, with presets.

In: TOML, a preset's name or fields. Out: `Augment`, frozen. `augment_batch` carries it out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

Preset = Literal["none", "radiograph", "dermoscopy", "microscopy", "ultrasound"]


class Augment(BaseModel):
    """Each image of a training batch is changed by its own draw, uniform up to these limits.

    The defaults suit radiographs. Nothing is flipped unless asked for: a heart on the right is another diagnosis.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rotation: float = Field(default=10, ge=0, le=180)
    """Largest turn either way, in degrees."""
    shift: float = Field(default=0.08, ge=0, le=0.5)
    """Largest move along each axis, as a share of the image."""
    scale: float = Field(default=0.10, ge=0, lt=1)
    """Largest change of size: 0.1 is from 1/1.1 to 1.1 times."""
    shear: float = Field(default=0, ge=0, le=45)
    """Largest shear, in degrees."""
    crop: float = Field(default=0, ge=0, lt=1)
    """Largest share of each side that a random crop cuts away before the rest is enlarged."""
    flip: Literal["none", "horizontal", "vertical", "both"] = "none"
    """Mirror half of the images; only where anatomy allows it."""
    edge: Literal["repeat", "mean", "mirror"] = "repeat"
    """What is seen where the image was moved away: its edge, the training mean, or its mirror image."""
    brightness: float = Field(default=0, ge=0)
    """Largest addition, in standard deviations of the training images."""
    contrast: float = Field(default=0.2, ge=0, lt=1)
    """Largest change of an image's contrast about its mean: 0.2 is from 0.8 to 1.2 times."""
    gamma: float = Field(default=0, ge=0, lt=1)
    """Largest change of gamma: 0.2 is a power from 1/1.2 to 1.2 of the grey value between the image's darkest and brightest."""
    noise: float = Field(default=0, ge=0)
    """Largest standard deviation of Gaussian noise, in standard deviations of the training images."""
    blur: float = Field(default=0, ge=0, le=5)
    """Largest standard deviation of a Gaussian blur, in pixels."""
    cutout: float = Field(default=0, ge=0, lt=1)
    """Largest side of a rectangle set to the training mean, as a share of the image."""

    @property
    def moves(self) -> bool:
        """Does anything change where things are?"""
        return any((self.rotation, self.shift, self.scale, self.shear, self.crop)) or self.flip != "none"


NOTHING: dict[str, Any] = {"rotation": 0, "shift": 0, "scale": 0, "contrast": 0}
PRESETS: dict[str, dict[str, Any]] = {
    "none": NOTHING,
    "radiograph": {},
    "dermoscopy": {"rotation": 180, "scale": 0.15, "flip": "both", "brightness": 0.2},  # a lesion has no upside
    "microscopy": {"rotation": 180, "flip": "both", "edge": "mirror", "brightness": 0.2},
    "ultrasound": {"flip": "horizontal", "gamma": 0.2, "noise": 0.05},
}


def _preset(value: Any) -> Any:  # Any: what TOML holds
    """`"radiograph"`, or `{preset = "dermoscopy", rotation = 90}`, as fields."""
    if isinstance(value, str):
        value = {"preset": value}
    if not isinstance(value, dict) or "preset" not in value:
        return value
    if value["preset"] not in PRESETS:
        known = ", ".join(PRESETS)
        raise PydanticCustomError(
            "preset", "unknown preset `{found}`; there are {known}", {"found": value["preset"], "known": known}
        )
    return {**PRESETS[value["preset"]], **{name: field for name, field in value.items() if name != "preset"}}


Augmentation = Annotated[Augment, BeforeValidator(_preset, json_schema_input_type=Augment | Preset)]
