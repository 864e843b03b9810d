from pathlib import Path

import pytest

from core.domain.errors import UserError
from core.services.output_place import refuse_unwritable


def test_the_folder_of_a_file_that_will_be_written_is_made_and_left_empty(tmp_path):
    refuse_unwritable(tmp_path / "new" / "deep" / "model.safetensors")
    assert list((tmp_path / "new" / "deep").iterdir()) == []


def test_a_folder_where_a_file_shall_be_is_refused(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        refuse_unwritable(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made"):
        refuse_unwritable(tmp_path / "file" / "model.safetensors")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="has no file system that takes no file")
def test_a_file_system_that_takes_no_file_is_refused():
    with pytest.raises(UserError, match="cannot be written"):
        refuse_unwritable(Path("/proc/model.safetensors"))
