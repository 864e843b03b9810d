"""How good a detector is: figures over maps, masks and labels whose truth is known."""

from core.evaluation.detection_folder import DetectionSet, read_detection_folder
from core.evaluation.metrics import DetectionFigures, score_detections

__all__ = ["DetectionFigures", "DetectionSet", "read_detection_folder", "score_detections"]
