"""A first study, from looking at the data. In: a file, a folder or a frame. Out: a TOML file whose guesses are marked."""

from iatros.drafting.new import Written, new

__all__ = ["Written", "new"]
