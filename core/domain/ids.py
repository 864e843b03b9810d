"""Identifiers, one type each, so that a run is never passed where a lot is meant."""

from typing import NewType

LotId = NewType("LotId", int)
ImageId = NewType("ImageId", int)
RunId = NewType("RunId", int)
ClassId = NewType("ClassId", int)
DecisionId = NewType("DecisionId", int)
DiscoveryId = NewType("DiscoveryId", int)
ClusterId = NewType("ClusterId", int)
CropId = NewType("CropId", int)
DispositionId = NewType("DispositionId", int)
