"""Layers, losses and containers under torch.nn's names."""

from . import functional, init, parameter, utils
from .activation import *
from .containers import ModuleDict, ModuleList, Sequential
from .dropout import AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout
from .gate import *
from .linear import Bilinear, Identity, LazyLinear, Linear
from .loss import *
from .module import Module
from .parameter import Buffer, Parameter, UninitializedParameter
from .parameter_containers import ParameterDict, ParameterList
from .shape import CosineSimilarity, Flatten, PairwiseDistance, Unflatten
from .softmax import *
from .sparse import Embedding
