"""Layers, losses and containers under torch.nn's names."""

from . import functional, init, utils
from .activation import *
from .containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .dropout import AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d
from .linear import Bilinear, Identity, LazyLinear, Linear
from .loss import *
from .module import Module
from .parameter import Buffer, Parameter, UninitializedParameter
from .shape import CosineSimilarity, Flatten, PairwiseDistance, Unflatten
from .sparse import Embedding
