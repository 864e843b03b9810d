"""Class tables as files: there and back, and what is wrong with a file said row by row."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.decisions import DefectClass, Killer
from core.domain.errors import UserError
from core.domain.ids import ClassId
from core.services.classes.files import export_classes, import_classes, preview_import
from core.services.classes.managing import retire_class
from core.services.classes.rows import class_row, plan_import
from core.services.workspace import Workspace


@pytest.fixture
def filled(workspace):
    workspace.history.add_class("Bridge", code=21, color="#e69f00", slot=1)
    retire_class(workspace, workspace.history.add_class("Überätzung, “tief”", color="#56b4e9"))
    return workspace


def content(workspace):
    return [
        {name: value for name, value in class_row(known).items() if name != "id"}
        for known in workspace.history.list_classes(include_retired=True)
    ]


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_a_table_goes_to_another_station_and_back(filled, tmp_path, suffix):
    file = export_classes(filled, tmp_path / f"classes.{suffix}")
    with Workspace.open(tmp_path / "other", reviewer="bo") as other:
        plan = preview_import(other, file)
        assert (len(plan.added), plan.changed, plan.problems) == (2, (), ())
        import_classes(other, plan, file.name)
        assert content(other) == content(filled)
        again = preview_import(other, file)
        assert (again.added, again.changed, again.unchanged) == ((), (), 2)
        assert other.history.undo("classes").title == f"Import {file.name}"
        assert content(other) == []


def test_an_import_changes_classes_of_the_same_name_and_leaves_absent_columns(filled, tmp_path):
    file = tmp_path / "classes.csv"
    file.write_text("\ufeffname;killer;code\r\nBRIDGE;yes;21\r\nVoid;;\r\n", encoding="utf-8")
    plan = preview_import(filled, file)
    ((before, after),) = plan.changed
    assert (before.name, after.name, after.killer, after.slot) == ("Bridge", "BRIDGE", Killer.YES, 1)
    assert [draft.name for draft in plan.added] == ["Void"]
    import_classes(filled, plan, file.name)
    assert [known.name for known in filled.history.list_classes()] == ["BRIDGE", "Void"]


def test_every_fault_of_a_file_is_told_with_its_line(filled, tmp_path):
    file = tmp_path / "classes.csv"
    file.write_text(
        "name,code,color,key,killer,retired,size\n"
        ",1,#ffffff,,,,\n"
        "Void,x1,red,12,maybe,perhaps,\n"
        "Pit,,,1,,,\n"
        "pit,,,,,,\n",
        encoding="utf-8",
    )
    plan = preview_import(filled, file)
    told = "\n".join(plan.problems)
    for sentence in (
        "Line 2: the name is missing.",
        "Line 3: the code “x1” is no whole number.",
        "Line 3: the colour “red” is not of the form #rrggbb.",
        "Line 3: the key “12” is not one of 0 to 9.",
        "Line 3: the killer flag “maybe” is not yes, no or unknown.",
        "Line 3: retired is “perhaps”, not 0 or 1.",
        "Line 5: this name stands in the file twice.",
        "A class table has no column “size”",
        "Key 1 would assign two classes.",
    ):
        assert sentence in told
    with pytest.raises(UserError, match="no column"):
        import_classes(filled, plan, file.name)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.csv", b"title,code\nVoid,1\n"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.json", b"{"),
        ("a.json", b'{"classes": ["Void"]}'),
        ("a.xlsx", b"PK"),
        ("gone.csv", None),
    ],
)
def test_what_is_no_class_table_is_a_sentence(workspace, tmp_path, name, written):
    if written is not None:
        (tmp_path / name).write_bytes(written)
    with pytest.raises(UserError):
        preview_import(workspace, tmp_path / name)


def test_json_may_be_a_bare_list(workspace, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps([{"name": "Void", "code": 3}]), encoding="utf-8")
    assert preview_import(workspace, tmp_path / "a.json").added[0].code == 3


@given(
    st.dictionaries(
        st.sampled_from(["name", "code", "color", "key", "killer", "retired"]), st.text(max_size=8)
    )
)
def test_no_row_is_beyond_words(row):
    plan = plan_import([("Line 2", row)], [DefectClass(ClassId(1), "Bridge", slot=1)])
    assert plan.problems or plan.added or plan.changed or plan.unchanged
