"""Figures of what a network has learned, in one consistent look.

Every function takes NumPy arrays, lists, dicts and callables, and returns a matplotlib ``Figure``; `save` writes it as
a PNG that carries its alt text and caption. A ``history`` is a list with one dict an epoch: epoch, train_loss,
val_loss, train_accuracy, val_accuracy, lr; a key that is absent or None was not measured.

>>> import tempfile
>>> from gradus import plot
>>> figure = plot.loss_curves([{"epoch": 1, "train_loss": 0.9}, {"epoch": 2, "train_loss": 0.4}])
>>> plot.save(figure, tempfile.mkdtemp() + "/loss.png").name
'loss.png'
"""

from gradus.plot.boundary import decision_boundary, plot_decision_boundary
from gradus.plot.comparison import compare
from gradus.plot.confusion import confusion_matrix
from gradus.plot.curves import accuracy_curves, learning_rate_curve, loss_curves
from gradus.plot.files import describe, png, save
from gradus.plot.layers import weights
from gradus.plot.mistakes import misclassified
from gradus.plot.regression import regression_curve

__all__ = [
    "accuracy_curves",
    "compare",
    "confusion_matrix",
    "decision_boundary",
    "describe",
    "learning_rate_curve",
    "loss_curves",
    "misclassified",
    "plot_decision_boundary",
    "png",
    "regression_curve",
    "save",
    "weights",
]
