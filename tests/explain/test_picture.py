import numpy as np
from PIL import Image

from iatros.explain.picture import HUE, opacity, overlay, write_case


def test_where_nothing_speaks_for_the_outcome_the_film_is_as_it_was():
    film = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert (overlay(film, -np.ones((8, 8))) == film[..., None]).all()


def test_the_peak_is_coloured_in_one_hue():
    film = np.full((8, 8), 100, np.uint8)
    strength = np.zeros((8, 8))
    strength[3, 4] = 2.0
    red, green, blue = overlay(film, strength)[3, 4].astype(int)
    assert red > 180
    assert green in range(100, HUE[1] + 1)
    assert blue < 60


def test_opacity_goes_from_zero_to_one_and_survives_nan():
    strength = np.array([[np.nan, -1.0], [0.5, 1.0]])
    assert opacity(strength).min() == 0
    assert opacity(strength).max() == 1
    assert (opacity(np.zeros((3, 3))) == 0).all()


def test_three_files_are_written_and_small_films_enlarged(tmp_path):
    film = np.zeros((28, 28, 3), np.uint8)
    names = write_case(tmp_path, "xray-7", film, np.eye(7), np.eye(4))
    assert (names.image, names.map, names.map_randomised) == ("xray-7.png", "xray-7-map.png", "xray-7-untrained.png")
    with Image.open(tmp_path / names.map) as picture:
        assert min(picture.size) >= 168


def test_large_films_are_brought_down(tmp_path):
    names = write_case(tmp_path, "big", np.zeros((900, 1200), np.uint8))
    assert names.map == ""
    with Image.open(tmp_path / names.image) as picture:
        assert max(picture.size) == 512
