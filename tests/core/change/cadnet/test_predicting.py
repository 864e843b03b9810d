import numpy as np
import torch

from core.change.cadnet.network import CADNet, CADNetSpec
from core.change.cadnet.predicting import predict_classes, predict_logits

CPU = torch.device("cpu")


def test_what_a_network_says_has_the_size_of_the_image_whatever_that_is():
    torch.manual_seed(0)
    network = CADNet(CADNetSpec(classes=2, in_chans=3)).eval()
    test, reference = np.random.default_rng(0).normal(size=(2, 3, 70, 101)).astype(np.float32)
    assert predict_logits(network, test, reference, CPU).shape == (3, 70, 101)
    classes = predict_classes(network, test, reference, CPU)
    assert classes.shape == (70, 101)
    assert classes.dtype == np.uint8
    assert set(np.unique(classes)) <= {0, 1, 2}


def test_a_place_is_of_its_likeliest_class():
    torch.manual_seed(0)
    network = CADNet(CADNetSpec(form="appearance", classes=2)).eval()
    image = np.zeros((1, 64, 64), np.float32)
    with torch.no_grad():
        network.decoder.head.weight.zero_()
        network.decoder.head.bias.copy_(torch.tensor([0.0, 1.0, 3.0]))
    assert (predict_classes(network, image, image, CPU) == 2).all()
