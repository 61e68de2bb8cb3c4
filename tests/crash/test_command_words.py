"""Commands of users: split into words, and names filled in."""

import pytest

from storage_conformance.crash.readers import BadCommand, Command


def test_words_are_split_as_a_shell_would_and_names_filled_in_inside_of_them() -> None:
    command = Command.parse("""env 'a b={dir}/{key}' "{file}{file}" {} '{print $1}'""", "--write")
    assert command.filled(dir="/d", key="k", file="f") == ["env", "a b=/d/k", "ff", "{}", "{print $1}"]
    assert command.has("key")
    shell = Command.parse("sh -c 'key={key}; cat ${key} ${file}'", "--read")
    assert shell.filled(dir="/{key}", key="{dir}") == ["sh", "-c", "key={dir}; cat ${key} ${file}"]
    assert not shell.has("file")
    assert not Command.parse("env", "--read").has("key")


@pytest.mark.parametrize(("option", "name"), [("--read", "file"), ("--setup", "key"), ("--setup", "file")])
def test_a_name_that_is_not_filled_in_is_refused_and_that_of_a_shell_is_not(option, name) -> None:
    with pytest.raises(BadCommand, match=rf"^{option} has \{{{name}\}}, which is not filled in there"):
        Command.parse(f"env x{{{name}}}", option)
    assert Command.parse(f"env x${{{name}}} {{dir}}", option).has("dir")
    assert Command.parse(f"env {{{name}}}", "--write").has(name)


@pytest.mark.parametrize("text", ["", "  ", "'open", "no-such-program-anywhere x"])
def test_a_command_that_cannot_be_run_names_its_option(text) -> None:
    with pytest.raises(BadCommand, match="--write") as caught:
        Command.parse(text, "--write")
    assert "\n" not in str(caught.value)
