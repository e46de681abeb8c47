"""The shell's completer answers for our cells with our offers, and for all others as before."""

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import ftkernel
from ftkernel import completion
from ftkernel.notebook import completer


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    return InteractiveShell()


def offers(shell, cell: str) -> list[tuple[int, int, str, str]]:
    position = cell.index("▌")
    with provisionalcompleter():
        found = list(shell.Completer.completions(cell.replace("▌", ""), position))
    return [(one.start, one.end, one.text, one.type) for one in found]


PYTHON = (
    "import o▌",
    "le▌",
    "x = {'a': 1}\nx['▌",
    "%matplotlib in▌",
    "%f▌",
    "%%bash\nec▌",
    "5 % ab▌",
)


def test_cells_of_python_get_what_they_got_without_us(shell):
    shell.user_ns["x"] = {"a": 1}
    shell.Completer.use_jedi = False  # it answers by the clock, which is nothing to compare
    before = [offers(shell, cell) for cell in PYTHON]
    completer.install(shell)
    assert [offers(shell, cell) for cell in PYTHON] == before
    assert any(before)


def test_our_cells_get_our_offers_with_their_places_kinds_and_notes(shell):
    ftkernel.load_ipython_extension(shell)
    shell.user_ns["rows"] = [{"a": 1}]
    assert offers(shell, "%%finetune\nle▌")[0][:3] == (11, 13, "learning_rate: ")
    assert offers(shell, "%%finetune\nle▌")[0][3].startswith(
        "key\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}float"
    )
    assert offers(shell, "%%finetune\nmethod: d▌") == []
    assert offers(shell, "%%finetune\ndata: $r▌") == [
        (17, 19, "$rows", "variable · list, 1 row".replace(" ", "\N{NO-BREAK SPACE}"))
    ]
    assert [one[2] for one in offers(shell, "%ft sho▌")] == ["show"]
    with provisionalcompleter():
        (offer,) = shell.Completer.completions("%%finetune\nle", 13)
    assert offer.signature.startswith("Size of the steps")


def test_nothing_of_us_is_left_after_unloading_and_nothing_stacks_up(shell):
    own = shell.Completer.__dict__.get("completions")
    for _ in range(3):
        ftkernel.load_ipython_extension(shell)
    assert len(offers(shell, "%%finetune\nle▌")) == 1
    ftkernel.unload_ipython_extension(shell)
    assert shell.Completer.__dict__.get("completions") is own
    assert offers(shell, "%%finetune\nlearning_r▌") == []
    assert not [one for one in shell.configurables if type(one).__name__ == "FtConfig"]


def test_who_wraps_us_keeps_working_when_we_are_gone(shell):
    ftkernel.load_ipython_extension(shell)
    ours = shell.Completer.completions
    shell.Completer.completions = lambda text, offset: ours(text, offset)
    ftkernel.unload_ipython_extension(shell)
    assert offers(shell, "%%finetune\nlearning_r▌") == []
    ftkernel.load_ipython_extension(shell)
    assert len(offers(shell, "%%finetune\nlearning_r▌")) == 1


def test_a_fault_of_ours_is_in_the_log_and_offers_nothing(shell, monkeypatch):
    from ftkernel.subcommands.boundary import log_path

    def fail(*_):
        raise RuntimeError("odd")

    completer.install(shell)
    monkeypatch.setattr(completion, "complete", fail)
    assert offers(shell, "%%finetune\nle▌") == []
    assert "RuntimeError: odd" in log_path().read_text()


def test_settings_are_there_for_percent_config(shell, capsys):
    from ftkernel.api import config

    shell.config.FtConfig.display = "text"
    ftkernel.load_ipython_extension(shell)
    try:
        assert config.look_up("display").source == "profile"
        shell.run_line_magic("config", "FtConfig.language = 'zh'")
        shell.run_line_magic("config", "FtConfig.warm_memory = 2 * 10**9")
        assert (config.get("language"), config.get("warm_memory")) == ("zh", 2_000_000_000)
        assert shell.run_line_magic("config", "FtConfig.display") == "text"
        shell.run_line_magic("config", "FtConfig.language = 'en'")
        shell.run_line_magic("config", "FtConfig.displya = 'html'")
        shell.run_line_magic("config", "FtConfig.warm = 'on'")
        assert config.get("warm") == "on"
        shell.run_line_magic("config", "FtConfig")
        assert "FtConfig.refresh_seconds" in capsys.readouterr().out
    finally:
        ftkernel.unload_ipython_extension(shell)
        for name in config.SETTINGS:
            config.clear_session(name)
        config.set_profile({})
