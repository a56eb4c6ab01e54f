"""One self-contained HTML page about a run, or about several side by side. It opens without a network.

    write(run_dir)                       run_dir/report.html
    write_comparison(run_dirs, path)     one page for several runs

The final numbers are those of the "done" event in metrics.jsonl. With ``test_accuracy`` and ``test_samples`` among
them the headline reads "97.8 % of 360 test digits recognised after 20 epochs, 2.1 s"; ``best_epoch`` marks a row of the
table.
"""

from gradus.report.comparison import write_comparison
from gradus.report.page import write

__all__ = ["write", "write_comparison"]
