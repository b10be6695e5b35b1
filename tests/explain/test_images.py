import warnings

import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from torch import nn
from torch.nn import functional

from iatros.contracts import Features, Grid, Rows
from iatros.explain.checking import SHARES, Examined, area_over, check_method, deletion_curve
from iatros.explain.columns import Column
from iatros.explain.images import (
    attribute,
    grad_cam,
    integrated_gradients,
    nearest_healthy,
    occlusion,
    smoothed,
    typical_healthy,
)
from iatros.explain.subject import Subject, randomised
from iatros.explain.table_check import check_table


class Curved(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Tanh(), nn.Flatten(), nn.Linear(4 * 64, 1)
        )

    def forward(self, values):
        return self.layers(values)[:, 0]


@pytest.fixture
def subject():
    torch.manual_seed(0)
    return Subject(Curved().eval(), lambda network, grid: network(grid.values))


@pytest.fixture
def grid():
    return Grid(torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(1)))


def test_integrated_gradients_add_up_to_the_change_of_the_score(subject, grid):
    reference = torch.zeros_like(grid.values)
    total = integrated_gradients(subject, grid, reference).flatten(1).sum(1)
    with torch.no_grad():
        torch.testing.assert_close(total, subject.of(grid) - subject.of(Grid(reference)), rtol=1e-3, atol=1e-3)


def test_integrated_gradients_agree_with_captum(subject, grid):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        captum = pytest.importorskip("captum.attr")
        theirs = captum.IntegratedGradients(subject.network).attribute(grid.values, n_steps=200)
    ours = integrated_gradients(subject, grid, torch.zeros(1, 8, 8))
    torch.testing.assert_close(ours, theirs.sum(1).float(), rtol=1e-2, atol=1e-3)


def test_occlusion_by_itself_changes_nothing(subject, grid):
    assert occlusion(subject, grid, grid.values).abs().max() == 0


def test_occlusion_of_a_sum_is_the_mass_beneath_the_square():
    total = Subject(nn.Identity(), lambda network, grid: grid.values.flatten(1).sum(1))
    bright = torch.zeros(1, 1, 8, 8)
    bright[..., 2, 2] = 5.0
    maps = occlusion(total, Grid(bright), torch.zeros(1, 8, 8), patch=0.25)
    assert maps[0, 2, 2] == pytest.approx(5.0)
    assert maps[0, 6, 6] == 0


def test_smoothing_keeps_a_flat_map_flat():
    torch.testing.assert_close(smoothed(torch.ones(2, 9, 7), 0.4), torch.ones(2, 9, 7))


def test_grad_cam_needs_an_encoder_and_names_are_checked(subject, grid):
    with pytest.raises(ValueError, match="unknown method"):
        attribute("tea_leaves", subject, grid, grid.values)


def test_the_nearest_healthy_image_is_the_one_that_differs_least():
    healthy = torch.randn(6, 1, 16, 16, generator=torch.Generator().manual_seed(2))
    assert torch.equal(nearest_healthy(healthy[[4, 1]] + 0.01, healthy), healthy[[4, 1]])


def test_what_is_typical_is_the_mean_of_the_likest_healthy_images():
    healthy = torch.randn(30, 1, 8, 8, generator=torch.Generator().manual_seed(2))
    images = torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(3))
    likest = NearestNeighbors(n_neighbors=5).fit(healthy.flatten(1).numpy()).kneighbors(images.flatten(1).numpy())[1]
    torch.testing.assert_close(typical_healthy(images, healthy, similar=5), healthy[torch.from_numpy(likest)].mean(1))


def test_of_few_healthy_images_all_are_typical():
    healthy = torch.randn(2, 1, 16, 16, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(typical_healthy(healthy, healthy), healthy.mean(0).expand_as(healthy))


def test_a_mark_of_one_healthy_image_does_not_outshine_the_lesion():
    """Marks speak against the outcome; the likest healthy image has one where the image has none."""
    against = Subject(nn.Identity(), lambda network, grid: grid.values[:, 0, 2, 2] - grid.values[:, 0, 6:, 6:].mean((1, 2)) * 8)
    healthy = torch.zeros(8, 1, 8, 8)
    healthy[0, 0, 6:, 6:] = 1.0
    image = healthy[:1] * 0.0
    image[..., 2, 2] = 1.0
    by_one = integrated_gradients(against, Grid(image), healthy[0])[0]
    by_several = integrated_gradients(against, Grid(image), typical_healthy(image, healthy))[0]
    assert by_one.argmax() != 2 * 8 + 2
    assert by_several.argmax() == 2 * 8 + 2


class Staged(nn.Module):
    """Stages of these sides; the one at `seen` alone is bright, at its top left corner, and counts."""

    def __init__(self, sides, seen) -> None:
        super().__init__()
        self.sides, self.seen = sides, seen

    def forward(self, grid):
        maps = [functional.adaptive_avg_pool2d(grid.values, side) for side in self.sides]
        return Features(whole=maps[self.seen].flatten(1)[:, :1], maps=tuple(maps))


@pytest.mark.parametrize(("sides", "chosen"), [((64, 32, 16, 8), 2), ((24, 12, 6), 1), ((14, 7, 4), 1), ((5,), 0)])
def test_grad_cam_reads_the_coarsest_stage_that_is_fine_enough_but_not_the_first(sides, chosen):
    network = Staged(sides, chosen)
    subject = Subject(network, lambda network, grid: network(grid).whole[:, 0], lambda network: network)
    grid = Grid(torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(4)))
    torch.testing.assert_close(grad_cam(subject, grid), grad_cam(subject, grid, chosen))


def test_randomising_leaves_the_trained_network_and_the_random_state_alone(subject, grid):
    state = {name: value.clone() for name, value in subject.network.state_dict().items()}
    before = torch.get_rng_state()
    untrained = randomised(subject, grid, torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, state[name]) for name, value in subject.network.state_dict().items())
    assert not torch.equal(untrained.network.layers[0].weight, subject.network.layers[0].weight)
    assert not untrained.network.training


def weighted(weight):
    """A subject whose score is a weighted sum of 20 units, and its examination with attributions by those weights."""
    units = torch.rand(12, 20, generator=torch.Generator().manual_seed(1)) + 0.5
    layer = nn.Linear(20, 1)
    layer.weight.data[:] = weight
    subject = Subject(layer, lambda network, grid: network(grid.values.flatten(1))[:, 0])
    return subject, Grid(units[:, None, :])


def examined(grid, attribute):
    def delete(marked):
        return Grid(torch.where(marked[:, None], 0.0, grid.values))

    return Examined("ill", "xray", "mine", "nothing", attribute, delete)


def test_deleting_everything_first_or_last_has_a_closed_form():
    subject, grid = weighted(torch.eye(20)[0])
    best = grid.values[:, 0] * torch.eye(20)[0]
    curve = deletion_curve(subject, best, lambda marked: Grid(torch.where(marked[:, None], 0.0, grid.values)))
    assert curve.shape == (len(SHARES), 12)
    gone = curve[SHARES.index(0.05)]
    assert gone == pytest.approx(curve[-1])
    assert (area_over(curve) > 0.9 * (curve[0] - curve[-1])).all()


def test_an_attribution_by_the_model_passes():
    weight = torch.linspace(-1, 1, 20)
    subject, grid = weighted(weight)

    def by_model(of):
        return grid.values[:, 0] * of.network.weight[0].detach()

    check = check_method(subject, grid, examined(grid, by_model), torch.Generator().manual_seed(0))
    assert check.passed, check.why
    assert check.correlation_high < 0.5
    assert check.deletion > check.deletion_random


def test_an_attribution_by_the_picture_alone_fails_and_says_why():
    subject, grid = weighted(torch.linspace(-1, 1, 20))
    check = check_method(subject, grid, examined(grid, lambda of: grid.values[:, 0]), torch.Generator().manual_seed(0))
    assert not check.passed
    assert check.correlation == pytest.approx(1)
    assert "untrained models" in check.why


def test_a_flat_attribution_fails_for_want_of_ranks():
    subject, grid = weighted(torch.ones(20))
    check = check_method(subject, grid, examined(grid, lambda of: torch.zeros(12, 20)), torch.Generator().manual_seed(0))
    assert not check.passed
    assert check.correlation is None


def test_shapley_values_of_a_table_pass_their_check():
    draw = torch.Generator().manual_seed(3)

    def rows(n, shift):
        return Rows(torch.randn(n, 8, generator=draw) + shift, torch.ones(n, 8, dtype=torch.bool), torch.zeros(n, 0).long())

    layer = nn.Linear(8, 1)
    layer.weight.data[:] = torch.tensor([3.0, 2.0, 0, 0, 0, 0, 0, 0.1])
    subject = Subject(layer, lambda network, layout: network(layout.numbers)[:, 0])
    columns = tuple(Column(str(i), numbers=(i,)) for i in range(8))
    check = check_table(subject, rows(40, 1.5), rows(100, 0.0), columns, draw, "ill", "history")
    assert check.passed, check.why
    assert check.method == "shapley"
