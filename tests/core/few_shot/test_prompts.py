import pytest

from core.domain.errors import UserError
from core.few_shot.prompts import read_prompts

PAPER_CLASSES = ("bridge", "copper residue", "hole", "in-film", "particle", "scratch")


def test_the_shipped_book_describes_the_classes_of_the_paper_and_the_defect_free_one():
    book = read_prompts()
    assert book.describes(("normal", *PAPER_CLASSES)) == ("normal", *PAPER_CLASSES)
    assert "a blurry photo of a linear scratch" in book.sentences_of("scratch")
    states, templates = len(book.classes["scratch"].states), len(book.templates)
    assert len(set(book.sentences_of("scratch"))) == states * templates


def test_a_class_is_found_by_its_other_names_in_any_spelling():
    book = read_prompts()
    assert book.sentences_of("In_Film") == book.sentences_of("in-film")
    assert book.sentences_of("residue") == book.sentences_of("copper residue")


def test_a_class_without_an_entry_is_described_by_its_own_name():
    book = read_prompts()
    assert not book.describes(["gate lean"])
    assert all("gate lean" in sentence for sentence in book.sentences_of("gate lean"))


def test_every_name_means_one_class_only():
    book = read_prompts()
    names = [
        name.replace("-", "").replace(" ", "").casefold()
        for own, entry in book.classes.items()
        for name in {own, *entry.also}
    ]
    doubled = {name for name in names if names.count(name) > 1}
    assert doubled <= {"infilm", "copperresidue", "mousebite"}  # spellings of one class


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("templates: [a photo]\nfallback: ['a {}']\nclasses: {}", "needs exactly one"),
        ("templates: ['a {}']\nfallback: ['a {}']\nclasses: {hole: {states: []}}", "classes.hole.states"),
        ("templates: ['a {}']\nfallback: ['a {}']\nclasses: {}\nextra: 1", "extra"),
        ("templates: [", "not valid YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, complaint):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=complaint):
        read_prompts(path)


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_prompts(tmp_path / "none.yaml")
