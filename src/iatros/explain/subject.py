"""What is to be explained: one score of one network, as a function of one input.

In: a network and how to read it. Out: a `Subject`, the same with random parameters, and its score of a layout.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from iatros.contracts import Layout


@dataclass(frozen=True)
class Subject:
    """A network as seen through one input and one class.

    network: the whole model, in evaluation mode
    score:   (network, layout) -> [B] log-odds of the class (or a value); layouts hold the same cases in the same order at every
             call, so that a function with several inputs can hold the others fixed
    encoder: network -> the module that turns the layout into Features; None where no method needs maps
    """

    network: nn.Module
    score: Callable[[nn.Module, Layout], Tensor]
    encoder: Callable[[nn.Module], nn.Module] | None = None

    def of(self, layout: Layout) -> Tensor:
        """[B]"""
        return self.score(self.network, layout)


def randomised(subject: Subject, layout: Layout, generator: torch.Generator) -> Subject:
    """The same network, never trained: every layer starts afresh, normalisation learns its statistics from `layout`.

    Without statistics of their own, deep untrained networks give maps of zeros, which would flatter the trained one.
    """
    network = copy.deepcopy(subject.network)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
        _start_afresh(network)
    untrained = replace(subject, network=network)
    _settle(untrained, layout)
    return untrained


def _start_afresh(network: nn.Module) -> None:
    drawn: set[int] = set()
    for module in network.modules():
        reset = getattr(module, "reset_parameters", None)
        if callable(reset):
            reset()
            drawn |= {id(p) for p in module.parameters(recurse=False)}
    with torch.no_grad():
        for parameter in network.parameters():
            if id(parameter) not in drawn:  # one that stands alone in its module
                parameter.normal_(0, 0.1)


def _settle(subject: Subject, layout: Layout) -> None:
    """Statistics of batch normalisation from one pass; dropout stays off."""
    norms = [m for m in subject.network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    with torch.no_grad():
        subject.of(layout)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
