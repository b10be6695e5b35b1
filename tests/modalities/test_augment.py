"""What a study may say of augmentation."""

from __future__ import annotations

import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from iatros.modalities.augment import PRESETS, Augment, Augmentation
from iatros.modalities.augment_batch import augmented

SAID = TypeAdapter(Augmentation)
LIMITS = {
    "rotation": 181, "shift": 0.6, "scale": 1.0, "shear": 46, "crop": 1.0, "contrast": 1.0, "gamma": 1.0, "blur": 5.1,
    "cutout": 1.0,
}  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
def test_a_presets_name_is_its_fields_and_the_same_as_a_table_that_names_it(name):
    assert SAID.validate_python(name) == Augment(**PRESETS[name]) == SAID.validate_python({"preset": name})


def test_fields_beside_a_preset_go_before_its_own():
    said = SAID.validate_python({"preset": "dermoscopy", "rotation": 90})
    assert (said.rotation, said.flip) == (90, "both")


def test_an_unknown_preset_is_answered_with_those_there_are():
    with pytest.raises(ValidationError, match="there are none, radiograph, dermoscopy"):
        SAID.validate_python("mammogram")


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("low", [True, False])
def test_limits_of_limits(field, low):
    with pytest.raises(ValidationError, match=field):
        Augment(**{field: -0.01 if low else LIMITS[field]})


def test_anything_else_is_refused():
    with pytest.raises(ValidationError, match="rotate"):
        SAID.validate_python({"rotate": 10})


def test_none_changes_nothing():
    values = torch.randn(4, 1, 12, 12)
    changed, motion = augmented(values, SAID.validate_python("none"), torch.Generator().manual_seed(0))
    assert not SAID.validate_python("none").moves
    assert motion is None
    assert torch.equal(changed, values)


@pytest.mark.parametrize("field", ["rotation", "shift", "scale", "shear", "crop", "flip"])
def test_whatever_changes_places_moves(field):
    nothing = PRESETS["none"]
    assert Augment(**nothing | {field: "both" if field == "flip" else 0.1}).moves
    assert not Augment(**nothing | {"noise": 1, "gamma": 0.5, "blur": 1, "cutout": 0.5, "brightness": 1}).moves


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "none"])
def test_every_preset_varies_every_image_by_a_draw_of_its_own_which_the_seed_decides(name):
    values = torch.randn(1, 1, 20, 20).expand(6, 1, 20, 20).contiguous()
    one, other = (augmented(values, SAID.validate_python(name), torch.Generator().manual_seed(s))[0] for s in (1, 1))
    assert torch.equal(one, other)
    assert one.isfinite().all()
    assert len({tuple(image.flatten()[:50].tolist()) for image in one}) == 6
    assert not torch.equal(one, augmented(values, SAID.validate_python(name), torch.Generator().manual_seed(2))[0])
