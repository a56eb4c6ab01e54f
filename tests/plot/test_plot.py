import os
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.text import Text

from gradus import plot
from gradus.plot import files

FIGURES = {
    "loss": lambda: plot.loss_curves([{"epoch": 1, "train_loss": 0.5, "val_loss": 0.6}]),
    "accuracy": lambda: plot.accuracy_curves([{"epoch": 1, "train_accuracy": 0.5}]),
    "rate": lambda: plot.learning_rate_curve([{"epoch": 1, "lr": 0.1}]),
    "compare": lambda: plot.compare({"a": [{"epoch": 1, "val_loss": 0.5}]}),
    "confusion": lambda: plot.confusion_matrix(np.eye(3)),
    "mistakes": lambda: plot.misclassified(np.ones((30, 4)), [0] * 30, [1] * 30, image_shape=(2, 2)),
    "weights": lambda: plot.weights(np.eye(4), (2, 2)),
    "boundary": lambda: plot.decision_boundary(lambda p: p[:, 0] > 0, np.array([[0.0, 1], [2, 3]]), [0, 1]),
    "regression": lambda: plot.regression_curve([0.0, 1.0], [0.0, 1.0], [0.1, 0.9]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_title_alt_text_and_caption(name: str) -> None:
    figure = FIGURES[name]()
    words = files.words(figure)
    assert words.keys() == {"Title", "Description", "Comment"} and all(words.values())
    assert figure.get_suptitle()


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_the_same_bytes_twice(name: str) -> None:
    assert plot.png(FIGURES[name]()) == plot.png(FIGURES[name]())


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_keeps_its_ink_on_the_page(name: str) -> None:
    figure = FIGURES[name]()
    figure.canvas.draw()
    box, page = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= -0.01 and box.y0 >= -0.01 and box.x1 <= page[0] + 0.01 and box.y1 <= page[1] + 0.01


@pytest.mark.parametrize("name", FIGURES)
def test_the_title_of_every_figure_stands_clear_of_the_rest(name: str) -> None:
    figure = FIGURES[name]()
    figure.canvas.draw()
    (title,) = (text for text in figure.findobj(Text) if text.get_text() == figure.get_suptitle())
    box = title.get_window_extent()
    assert not any(box.overlaps(axes.get_tightbbox()) for axes in figure.axes)


def test_importing_plot_does_not_load_matplotlib_and_drawing_does_not_load_pyplot() -> None:
    code = (
        "import sys; from gradus import plot; assert 'matplotlib' not in sys.modules;"
        "plot.png(plot.loss_curves([{'epoch': 1, 'train_loss': 1.0}]));"
        "assert 'matplotlib.figure' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_inputs_are_not_changed() -> None:
    matrix, history = np.eye(3), [{"epoch": 1, "train_loss": 1.0}]
    plot.confusion_matrix(matrix)
    plot.loss_curves(history)
    assert matrix.tolist() == np.eye(3).tolist() and history == [{"epoch": 1, "train_loss": 1.0}]
