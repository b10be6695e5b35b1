"""Augmentation of a batch: against scipy's sampling, closed forms, and a mask that must move with its image."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter, map_coordinates

from iatros.modalities.augment import Augment
from iatros.modalities.augment_batch import augmented, blurred, draw_motion, moved, seen


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def only(**fields):
    return Augment.model_validate({"rotation": 0, "shift": 0, "scale": 0, "contrast": 0, **fields})


def test_nothing_asked_for_changes_nothing():
    values = torch.randn(3, 1, 8, 8, generator=generator())
    result, motion = augmented(values, only(), generator())
    assert motion is None
    assert torch.equal(result, values)


def test_moving_agrees_with_an_independent_sampler():
    values = torch.rand(4, 1, 20, 30, generator=generator())
    motion = draw_motion(4, 20, 30, Augment(shear=10), generator(1))
    ours = moved(values, motion)
    y, x = np.mgrid[:20, :30]
    places = np.stack([(2 * x + 1) / 30 - 1, (2 * y + 1) / 20 - 1, np.ones_like(x, float)])
    for image, affine, result in zip(values, motion.affine, ours, strict=True):
        old = np.einsum("ij,jyx->iyx", affine.double().numpy(), places)
        where = [((old[1] + 1) * 20 - 1) / 2, ((old[0] + 1) * 30 - 1) / 2]
        theirs = map_coordinates(image[0].numpy(), where, order=1, mode="nearest")
        assert np.abs(theirs - result[0].numpy()).max() < 1e-4


def test_a_turn_keeps_distances_in_pixels_on_an_oblong_image():
    affine = draw_motion(50, 20, 40, only(rotation=90), generator()).affine[:, :, :2].double()
    to_pixels = torch.tensor([20.0, 10.0]).double()
    linear = affine * to_pixels[:, None] / to_pixels[None, :]
    assert torch.allclose(linear @ linear.transpose(1, 2), torch.eye(2).double().expand(50, 2, 2), atol=1e-5)


def test_a_mask_moved_alike_stays_on_its_disc():
    y, x = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")
    mask = (((x - 22) ** 2 + (y - 40) ** 2) < 64).float().expand(16, 1, 64, 64).contiguous()
    image, motion = augmented(3 * mask - 1, Augment(contrast=0, flip="both"), generator())
    follows = moved(mask, motion)
    assert torch.allclose(image, 3 * follows - 1, atol=1e-4)


def test_flips_mirror_about_half_of_the_images_and_only_along_the_axis_asked_for():
    values = torch.rand(200, 1, 6, 6, generator=generator())
    result, _ = augmented(values, only(flip="horizontal"), generator())
    mirrored = torch.tensor([torch.allclose(a, b.flip(-1), atol=1e-5) for a, b in zip(result, values, strict=True)])
    same = torch.tensor([torch.allclose(a, b, atol=1e-5) for a, b in zip(result, values, strict=True)])
    assert bool((mirrored | same).all())
    assert 70 < int(mirrored.sum()) < 130


def test_contrast_keeps_the_mean():
    values = torch.rand(10, 1, 8, 8, generator=generator())
    result, _ = augmented(values, only(contrast=0.5), generator())
    assert torch.allclose(result.mean((1, 2, 3)), values.mean((1, 2, 3)), atol=1e-5)
    assert not torch.allclose(result.std((1, 2, 3)), values.std((1, 2, 3)), atol=1e-3)


def test_blur_is_scipys_gaussian():
    values = torch.rand(2, 1, 24, 24, generator=generator())
    result = blurred(values, torch.tensor([1.0, 2.0]))
    for image, sigma, ours in zip(values, (1.0, 2.0), result, strict=True):
        theirs = gaussian_filter(image[0].double().numpy(), sigma, mode="nearest", radius=6)
        assert np.abs(theirs - ours[0].numpy()).max() < 1e-4


@pytest.mark.parametrize("field", ["brightness", "gamma", "noise", "cutout", "blur", "crop", "shear"])
def test_each_change_is_made_and_repeats_with_its_seed(field):
    values = torch.rand(6, 1, 12, 12, generator=generator())
    spec = only(**{field: 0.5})
    once, again = (augmented(values, spec, generator(3))[0] for _ in range(2))
    assert torch.equal(once, again)
    assert not torch.equal(once, values)
    assert bool(torch.isfinite(once).all())


def test_a_preset_can_be_named_and_amended():
    from iatros.modalities.image import Image

    assert not Image(column="path", augment="none").augment.moves
    amended = Image(column="path", augment={"preset": "dermoscopy", "rotation": 90}).augment
    assert (amended.rotation, amended.flip) == (90, "both")
    with pytest.raises(ValueError, match="unknown preset"):
        Image(column="path", augment="radiografy")


def test_a_view_is_the_same_for_an_image_whatever_images_are_beside_it():
    values = torch.rand(6, 3, 12, 10, generator=generator())
    augment = Augment(gamma=0.2, brightness=0.3, flip="both", noise=0.5, blur=1, cutout=0.5)
    whole = seen(values, augment, 3)
    assert torch.allclose(whole[2:4], seen(values[2:4], augment, 3), atol=1e-6)
    assert torch.equal(whole, seen(values, augment, 3))


def test_views_differ_from_one_another_and_keep_within_the_limits_of_the_training():
    values = torch.rand(2, 1, 16, 16, generator=generator())
    views = [seen(values, only(contrast=0.2), number) for number in range(1, 6)]
    spreads = torch.stack([view.std(dim=(1, 2, 3)) / values.std(dim=(1, 2, 3)) for view in views])
    assert len({round(float(s), 4) for s in spreads[:, 0]}) == 5
    assert bool(((spreads > 0.8) & (spreads < 1.2)).all())


def test_views_go_in_pairs_of_opposite_directions():
    values = torch.rand(1, 1, 16, 16, generator=generator())
    there, back = seen(values, only(contrast=0.3), 3), seen(values, only(contrast=0.3), 4)
    assert not torch.allclose(there, values, atol=1e-3)
    assert torch.allclose((there + back) / 2, values, atol=1e-6)
    there, back = (draw_motion(1, 9, 9, only(shift=0.3), generator(5), side).affine for side in (1.0, -1.0))
    assert torch.allclose(there[..., 2], -back[..., 2])


def test_what_hides_detail_is_left_out_of_a_view():
    values = torch.rand(2, 1, 16, 16, generator=generator())
    assert torch.equal(seen(values, only(noise=1, blur=2, cutout=0.9), 1), values)
