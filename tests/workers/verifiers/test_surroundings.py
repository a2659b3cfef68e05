"""What verifiers find around them."""

from pathlib import Path

import pytest

from workers.verifiers import Surroundings


def test_files_are_read_from_the_folder(tmp_path: Path) -> None:
    """And from nowhere else, whatever they are called or linked to."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "a.txt").write_text("x")
    (tmp_path / "b.txt").write_text("y")
    (home / "link").symlink_to(tmp_path / "b.txt")
    around = Surroundings(home)
    assert around.read("a.txt") == b"x"
    for name in ("../b.txt", str(tmp_path / "b.txt"), "link"):
        with pytest.raises(ValueError, match="lies outside of the folder"):
            around.read(name)
    with pytest.raises(ValueError, match=r"'c.txt' cannot be read: No such file"):
        around.read("c.txt")


def test_a_program_given_in_code_is_allowed() -> None:
    """Only configurations need a list."""
    Surroundings(commands=None).allow("grep")
    with pytest.raises(ValueError, match="may not be run"):
        Surroundings().allow("grep")
