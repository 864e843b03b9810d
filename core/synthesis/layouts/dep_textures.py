"""Films with a texture that repeats nowhere: fibres, pores, labyrinths, terraces."""

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.drawing import Frame, draw_boxes
from core.synthesis.layout import ByteArray, Layout
from core.synthesis.layouts.dep_films import film_layout, plain_tone
from core.synthesis.randomness import Rng, chance, fractal_field, log_uniform, smooth_field, uniform


def fibrous_film(rng: Rng, frame: Frame) -> Layout:
    """A mat of crossing fibres or needles."""
    width = log_uniform(rng, 1.5, 9)
    length = width * log_uniform(rng, 6, 40)
    height = np.zeros(frame.size_hw, np.float32)
    spread, heading = uniform(rng, 0.1, 1.6), uniform(rng, 0, np.pi)
    area = frame.size_hw[0] * frame.size_hw[1]
    count = min(int(area * uniform(rng, 0.25, 0.8) / (width * length)) + 8, 240)
    for level in range(3):
        sheet = frame.blank()
        _draw_fibres(rng, sheet, max(count // 3, 3), length, width, (heading, spread))
        soft: FloatArray = cv2.GaussianBlur(sheet, (0, 0), max(width * 0.3, 0.7)).astype(np.float32)
        height = np.maximum(height * np.float32(0.9), soft / np.float32(255) * np.float32(0.5 + 0.3 * level))
    tone = plain_tone(rng, frame) * np.float32(0.7) + height * np.float32(uniform(rng, 0.02, 0.35))
    return film_layout(rng, frame, tone, height * np.float32(log_uniform(rng, 0.4, 2)), width * 3)


def _draw_fibres(
    rng: Rng,
    sheet: ByteArray,
    count: int,
    length: float,
    width: float,
    heading: tuple[float, float],
) -> None:
    centres = rng.uniform(0, 1, (count, 2)) * np.array(sheet.shape[::-1])
    angles = rng.normal(*heading, count)
    bow = rng.normal(0, 0.12, count)
    t = np.linspace(-0.5, 0.5, 8)
    along, across = t * length, (t * t - 0.08)[None, :] * (bow * length)[:, None]
    x = centres[:, :1] + along * np.cos(angles)[:, None] - across * np.sin(angles)[:, None]
    y = centres[:, 1:] + along * np.sin(angles)[:, None] + across * np.cos(angles)[:, None]
    fixed = np.rint(np.stack([x, y], axis=-1) * 16).astype(np.int32)
    for path in fixed:
        cv2.polylines(sheet, [path], False, int(rng.integers(150, 256)), max(1, round(width)), cv2.LINE_AA, 4)


def porous_film(rng: Rng, frame: Frame) -> Layout:
    """A film full of round pores of many sizes."""
    radius = log_uniform(rng, 2.5, 14)
    area = frame.size_hw[0] * frame.size_hw[1]
    count = min(int(area * uniform(rng, 0.08, 0.45) / (np.pi * radius**2)) + 4, 900)
    mask = frame.blank()
    sizes = np.clip(rng.lognormal(0, uniform(rng, 0.1, 0.5), count), 0.4, 2.2) * radius
    places = rng.uniform(-0.02, 1.02, (count, 2)) * np.array(frame.size_hw[::-1])
    for (x, y), size in zip(places, sizes, strict=True):
        cv2.circle(mask, (round(x * 16), round(y * 16)), round(size * 16), 255, -1, cv2.LINE_AA, 4)
    soft: FloatArray = cv2.GaussianBlur(mask, (0, 0), uniform(rng, 0.8, 2)).astype(np.float32) / np.float32(
        255
    )
    tone = plain_tone(rng, frame) - soft * np.float32(uniform(rng, -0.05, 0.3))
    rough = fractal_field(rng, frame.size_hw, 5, 2) * np.float32(log_uniform(rng, 0.005, 0.1))
    return film_layout(rng, frame, tone, rough - soft * np.float32(uniform(rng, 0.3, 1.5)), radius * 2)


def labyrinth_film(rng: Rng, frame: Frame) -> Layout:
    """Finger-print stripes of one width and no direction, as block copolymers make."""
    pitch = log_uniform(rng, 8, 36)
    noise = rng.standard_normal(frame.size_hw, dtype=np.float32)
    narrow = cv2.GaussianBlur(noise, (0, 0), pitch * 0.2)
    band: FloatArray = narrow - cv2.GaussianBlur(noise, (0, 0), pitch * 0.32)
    band = cv2.GaussianBlur(band, (0, 0), pitch * 0.12)
    wave = np.tanh(band / np.float32(max(float(band.std()), 1e-6)) * np.float32(uniform(rng, 1, 5)))
    tone = plain_tone(rng, frame) + wave * np.float32(uniform(rng, -0.15, 0.15))
    return film_layout(rng, frame, tone, wave * np.float32(log_uniform(rng, 0.15, 0.8)), pitch)


def stepped_film(rng: Rng, frame: Frame) -> Layout:
    """A film that runs over a few steps: mesas, terraces, an edge of the film."""
    height = np.zeros(frame.size_hw, np.float32)
    tone = plain_tone(rng, frame)
    size = np.array(frame.extent_wh)
    for _ in range(int(rng.integers(1, 5))):
        mask = frame.blank()
        low = rng.uniform(-0.4, 0.7, 2) * size
        draw_boxes(mask, frame, [(*low, *(low + rng.uniform(0.25, 1.0, 2) * size))])
        soft: FloatArray = cv2.GaussianBlur(mask, (0, 0), log_uniform(rng, 1, 6)).astype(
            np.float32
        ) / np.float32(255)
        height += soft * np.float32(uniform(rng, -1, 1.2))
        tone = tone + soft * np.float32(uniform(rng, -0.12, 0.12))
    rough = smooth_field(rng, frame.size_hw, log_uniform(rng, 2, 9)) * np.float32(
        log_uniform(rng, 0.01, 0.15)
    )
    if chance(rng, 0.5):
        height = height + rough
    return film_layout(rng, frame, tone, height, 40.0)
