"""`resnet`: a family of residual convolutional networks for images, volumes and waveforms, from .3 M parameters up."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from iatros.contracts import Encoder, Grid, Layout, Level, Shape
from iatros.encoders.pretrained import start_from
from iatros.encoders.residual import Norm, Pooling, ResidualNetwork, Stem

# widths of the stages, blocks a stage; parameters with one channel on two axes
SIZES: dict[str, tuple[tuple[int, ...], int]] = {
    "tiny": ((24, 48, 80, 96), 1),  # .31 M
    "small": ((32, 64, 96, 128), 1),  # .49 M
    "base": ((32, 64, 128, 192), 1),  # .99 M
    "resnet18": ((64, 128, 256, 512), 2),  # 11.2 M
}
SMALL_IMAGE = 64  # pixels along the longest axis up to which the automatic stem halves the image only once


class ResNet(Encoder):
    """A residual convolutional network: the sound default for images of any size."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Grid,)
    gives: ClassVar[Level] = Level.WHOLE | Level.MAPS

    kind: Literal["resnet"] = "resnet"
    size: Literal["tiny", "small", "base", "resnet18"] = "small"
    """How large: tiny .3 M parameters, small .5 M, base 1 M, resnet18 11 M."""
    widths: tuple[int, ...] | None = Field(default=None, min_length=1)
    """Channels of each stage, in place of the size's own; each stage after the first halves the resolution."""
    blocks: int | None = Field(default=None, ge=1, le=16)
    """Residual blocks a stage, in place of the size's own."""
    stem: Literal["auto", "small", "strided", "large"] = "auto"
    """First convolution: small keeps the resolution, strided halves it, large quarters it; auto goes by the image's size."""
    pooling: Pooling = "mean+max"
    """How maps become one description: their mean, or their mean beside their maximum (for small, sparse findings)."""
    norm: Norm = "batch"
    """Normalisation: batch, or group, which reads no other case (differential privacy, tiny batches)."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of the description's entries dropped in training."""

    @model_validator(mode="after")
    def _widths_are_positive(self) -> ResNet:
        if self.widths and min(self.widths) < 1:
            raise ValueError("widths are numbers of channels, 1 or more")
        return self

    def build(self, shape: Shape) -> ResidualNetwork:
        """Grid -> Features with maps of every stage, finest first."""
        widths, blocks = SIZES[self.size]
        widths = self.widths or widths
        network = ResidualNetwork(
            axes=len(shape.space),
            channels=shape.channels,
            widths=widths,
            blocks=(self.blocks or blocks,) * len(widths),
            stem=choose_stem(shape.space) if self.stem == "auto" else self.stem,
            pooling=self.pooling,
            norm=self.norm,
            dropout=self.dropout,
        )
        start_from(network, self.pretrained)
        return network


def choose_stem(space: tuple[int, ...]) -> Stem:
    """The stem for images of this size: large ones are brought down at once, or most time goes into the first stage."""
    longest = max(space)
    return "strided" if longest <= 2 * SMALL_IMAGE else "large"
