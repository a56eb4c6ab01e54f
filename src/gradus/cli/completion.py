"""gradus completion: the shell's own script, printed."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from gradus.cli.console import out


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that makes SHELL complete gradus commands, recipes and options.

    \b
    bash:  echo 'eval "$(gradus completion bash)"' >> ~/.bashrc
    zsh:   echo 'eval "$(gradus completion zsh)"' >> ~/.zshrc
    fish:  gradus completion fish > ~/.config/fish/completions/gradus.fish
    """
    from gradus.cli import COMPLETE, gradus

    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    # The base class' source() prints; bash's own first starts a bash to see how old it is.
    out(ShellComplete.source(script(gradus, {}, "gradus", COMPLETE)))
