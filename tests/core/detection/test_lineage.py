from core.detection.lineage import flat, with_earlier
from core.detection.weights import Card, read_card, write_weights

FIRST = {"steps": 1, "seed": 7}


def test_a_training_that_begins_anew_has_none_before_it():
    assert with_earlier(FIRST, None) == FIRST
    assert flat(FIRST) == [FIRST]


def test_trainings_stand_in_one_list_the_latest_first():
    second = with_earlier({"steps": 2}, FIRST)
    third = with_earlier({"steps": 3}, second)
    assert third == {"steps": 3, "earlier": [{"steps": 2}, FIRST]}
    assert flat(third) == [{"steps": 3}, {"steps": 2}, FIRST]


def test_cards_of_old_are_read_as_one_list(network):
    old = {
        "steps": 3,
        "earlier_steps": 2,
        "earlier_earlier_steps": 1,
        "seconds": 9,
        "earlier_earlier_seed": 7,
    }
    card = Card(model_id="m", network=network.spec, training=old)
    assert card.training == {"steps": 3, "seconds": 9, "earlier": [{"steps": 2}, FIRST]}


def test_a_list_under_an_old_key_joins_the_list(network):
    old = {"steps": 3, "earlier_steps": 2, "earlier_earlier": [FIRST]}
    card = Card(model_id="m", network=network.spec, training=old)
    assert card.training == {"steps": 3, "earlier": [{"steps": 2}, FIRST]}


def test_a_card_comes_back_from_its_file(network, tmp_path):
    training = with_earlier({"steps": 2, "rate": 0.5}, FIRST)
    card = Card(model_id="m", network=network.spec, training=training)
    write_weights(tmp_path / "m.safetensors", network, card)
    assert read_card(tmp_path / "m.safetensors") == card
