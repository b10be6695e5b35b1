"""Planted truth: a lesion that brightness does not give away, and a decoy as bright that means nothing."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from iatros.contracts import Grid, Layout, Shape
from iatros.encoders.resnet import ResNet
from iatros.explain.image_check import best, check_images
from iatros.explain.images import METHODS, attribute, nearest_healthy
from iatros.explain.subject import Subject, randomised

SIDE, RADIUS = 40, 6
LESION, DECOY = 0.35, 0.35  # contrast of the stripes and of the bright disc


@dataclass(frozen=True)
class Planted:
    """images: [N, 1, H, W]; labels: [N]; lesion, decoy: [N, H, W] bool."""

    images: Tensor
    labels: Tensor
    lesion: Tensor
    decoy: Tensor

    def take(self, rows: Tensor) -> "Planted":
        return Planted(self.images[rows], self.labels[rows], self.lesion[rows], self.decoy[rows])


def planted(n: int, seed: int) -> Planted:
    """Cloudy films; all hold a bright disc, half of them also a disc of stripes whose mean is that of the film."""
    draw = torch.Generator().manual_seed(seed)
    clouds = functional.interpolate(torch.randn(n, 1, 6, 6, generator=draw), (SIDE, SIDE), mode="bicubic") * 0.15
    images = clouds + 0.05 * torch.randn(n, 1, SIDE, SIDE, generator=draw)
    labels = torch.arange(n) % 2 == 1
    left = torch.rand(n, generator=draw) < 0.5
    centres = torch.randint(RADIUS + 2, SIDE - RADIUS - 2, (2, n), generator=draw)  # rows of lesion and decoy
    lesion = disc(centres[0], torch.where(left, SIDE // 4, 3 * SIDE // 4))
    decoy = disc(centres[1], torch.where(left, 3 * SIDE // 4, SIDE // 4))
    stripes = torch.where(torch.arange(SIDE) // 2 % 2 == 0, LESION, -LESION).expand(SIDE, SIDE)
    images[:, 0] += lesion * labels[:, None, None] * stripes + decoy * DECOY
    return Planted(images, labels, lesion & labels[:, None, None], decoy)


def disc(row: Tensor, column: Tensor) -> Tensor:
    at = torch.arange(SIDE)
    return (at[None, :, None] - row[:, None, None]) ** 2 + (at[None, None, :] - column[:, None, None]) ** 2 < RADIUS**2


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = ResNet(size="tiny", widths=(16, 32, 48)).build(Shape(layout=Grid, channels=1, space=(SIDE, SIDE)))
        self.readout = nn.Linear(self.encoder.sizes.whole, 1)

    def forward(self, grid: Grid) -> Tensor:
        return self.readout(self.encoder(grid).whole)[:, 0]


def score(network: nn.Module, layout: Layout) -> Tensor:
    return network(layout)


@pytest.fixture(scope="module")
def trained() -> Subject:
    torch.manual_seed(0)
    network = Reader()
    films = planted(1200, seed=1)
    epochs, size = 8, 50
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=epochs * len(films.labels) // size)
    for _ in range(epochs):
        for rows in torch.randperm(len(films.labels)).split(size):
            loss = functional.binary_cross_entropy_with_logits(network(Grid(films.images[rows])), films.labels[rows].float())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return Subject(network.eval(), score, lambda network: network.encoder)


@pytest.fixture(scope="module")
def tested() -> Planted:
    return planted(120, seed=2)


def peaks(maps: Tensor) -> Tensor:
    """[N, H, W] bool, True at the highest pixel of each map."""
    flat = maps.flatten(1)
    return functional.one_hot(flat.argmax(1), flat.shape[1]).bool().reshape(maps.shape)


def share_inside(maps: Tensor, area: Tensor) -> float:
    return (peaks(maps) & area).flatten(1).any(1).float().mean().item()


@pytest.mark.slow
def test_the_model_reads_films_it_has_not_seen(trained, tested):
    with torch.no_grad():
        right = (trained.of(Grid(tested.images)) > 0) == tested.labels
    assert right.float().mean() > 0.97


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_the_peak_is_in_the_lesion_and_not_in_the_decoy(trained, tested, method):
    ill, healthy = tested.take(tested.labels), tested.images[~tested.labels]
    reference = nearest_healthy(ill.images, healthy)
    maps = attribute(method, trained, Grid(ill.images), reference)
    assert share_inside(maps, ill.lesion) >= 0.9
    assert share_inside(maps, ill.decoy) <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_randomised_models_do_not_find_the_lesion(trained, tested, method):
    ill, healthy = tested.take(tested.labels), tested.images[~tested.labels]
    reference = nearest_healthy(ill.images, healthy)
    draw = torch.Generator().manual_seed(3)
    untrained = [randomised(trained, Grid(ill.images), draw) for _ in range(5)]
    found = [share_inside(attribute(method, each, Grid(ill.images), reference), ill.lesion) for each in untrained]
    assert sum(found) / len(found) < 0.5, found


@pytest.mark.slow
def test_every_method_passes_its_check(trained, tested):
    ill = tested.take(tested.labels).take(torch.arange(16))
    healthy = planted(100, seed=4)
    checks = check_images(
        trained, Grid(ill.images), healthy.images[~healthy.labels], torch.Generator().manual_seed(5), "nodule", "xray"
    )
    assert [check.method for check in checks] == list(METHODS)
    assert all(check.passed for check in checks), [check.why for check in checks]
    assert all(check.draws == 10 for check in checks)
    assert best(checks) in METHODS
