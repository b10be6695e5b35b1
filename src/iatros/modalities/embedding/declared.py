"""What a study says of a pretrained language model, and what a run remembers of the one it was trained with.

In: TOML. Out: `Embedding`, frozen; `Identity`, by which another model is recognised as another.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from iatros.contracts import Learned

SHOWN = 12  # characters of a fingerprint that tell models apart to the eye


class Embedding(BaseModel):
    """A frozen language model that has read many sequences: each position gets its vector in place of its letter.

    ESM-2, ProtBert, nucleotide transformers, BERT-like models of texts: whatever `transformers` can build of a folder with
    config.json, a tokenizer and weights in safetensors.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    folder: Path | None = None
    """The model's folder; one that is not there is looked for by its name below $IATROS_MODELS."""
    hub: str | None = Field(default=None, pattern=r"^\w[\w.-]*/\w[\w.-]*$")
    """Or its name on the Hugging Face hub, `facebook/esm2_t6_8M_UR50D`; downloaded once, and then read from the hub's cache."""
    revision: str | None = Field(default=None, pattern=r"^\w[\w./-]*$")
    """On the hub: the commit, branch or tag."""
    layer: int = -1
    """Which layer's vectors: 0 are those of the letters alone, 1 the first layer's, -1 the last's."""
    longest: int | None = Field(default=None, ge=8)
    """Positions that go through the model at once; by default as many as it was made for. More go through in windows that
    overlap by a quarter."""

    @model_validator(mode="after")
    def _one_place(self) -> Embedding:
        if (self.folder is None) == (self.hub is None):
            raise ValueError("a pretrained model is in a `folder` or on the `hub`: name one of them")
        if self.revision is not None and self.hub is None:
            raise ValueError("`revision` is one of the `hub`; a `folder` has none")
        return self

    @property
    def name(self) -> str:
        """The folder's own name, or the model's on the hub."""
        return self.hub or (self.folder or Path()).name

    def rooted(self, folder: Path) -> Embedding:
        """The same with a relative folder told from this one, if it is there."""
        if self.folder is None or self.folder.is_absolute() or not (folder / self.folder.expanduser()).is_dir():
            return self
        return self.model_copy(update={"folder": (folder / self.folder).resolve()})


class Identity(Learned):
    """The model whose vectors a run was trained on, and how it was used.

    name, architecture: for people; digest: SHA-256 of its files; layer: from 0, the letters' own vectors
    width: of a vector; window: tokens at once, besides the special ones; codes: tokens that it tells apart
    """

    name: str
    architecture: str
    digest: str
    layer: int
    width: int
    window: int
    codes: int

    def __str__(self) -> str:
        return f"{self.name} ({self.architecture}, SHA-256 {self.digest[:SHOWN]})"
