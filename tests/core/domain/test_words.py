from app.views.review import words as screen
from core.domain import words
from core.domain.decisions import Judgement, Verdict
from core.domain.detections import ModelVerdict
from core.reporting.html_page import judgement_text


def test_every_answer_has_its_word():
    assert set(words.VERDICT_WORDS) == set(Verdict)
    assert set(words.MODEL_WORDS) == set(ModelVerdict)


def test_screen_and_report_say_the_same():
    assert screen.VERDICT_WORDS is words.VERDICT_WORDS
    assert screen.MODEL_WORDS is words.MODEL_WORDS
    for verdict in Verdict:
        assert judgement_text(Judgement(verdict), {}) == words.VERDICT_WORDS[verdict]
