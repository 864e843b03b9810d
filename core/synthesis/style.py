"""How an image is taken: contrast mechanisms, optics, scan, noise and display."""

import math
from dataclasses import dataclass, replace

from core.synthesis.randomness import Rng, chance, log_uniform, uniform


@dataclass(frozen=True, slots=True)
class ImagingStyle:
    """One microscope setting.

    Attributes:
        edge_gain: brightness of slopes (side walls).
        bloom_gain: brightening of raised edges.
        bloom_px: reach of that brightening.
        shadow_gain: darkening next to walls and in narrow trenches.
        shadow_px: reach of that darkening.
        relief_gain: brightness of slopes that face the side detector.
        relief_angle: direction of the detector, radians.
        psf_px: blur of the beam, standard deviation.
        astigmatism: ratio of the two axes of the blur, 1 or more.
        astigmatism_angle: radians.
        drift_px: slow scan distortion, standard deviation.
        jitter_px: displacement of single rows, standard deviation.
        hum_px: periodic displacement of rows by mains hum or vibration, amplitude.
        hum_rows: its period, rows.
        dose: electrons per pixel at a signal of 1.
        max_noise: largest noise, share of the displayed range; the dose is raised to meet it.
        read_noise: additive noise, share of the signal range.
        row_noise: offsets of single rows, share of the signal range.
        noise_px: correlation of the noise; 0 is white.
        noise_stretch: how much longer that correlation is along the scan.
        charging: slow brightness drift, share of the signal range.
        trail: strength of trails behind bright places along the scan.
        illumination: linear brightness gradient across the image.
        illumination_angle: radians.
        vignette: loss of brightness in the corners.
        black: display level of the dark end, 0 to 1.
        white: display level of the bright end, 0 to 1.
        min_range: smallest signal range that the display spreads.
        gamma: display exponent.
        inverted: dark and bright exchanged.
        jpeg_quality: 0 is none.
    """

    edge_gain: float = 0.4
    bloom_gain: float = 0.3
    bloom_px: float = 3.0
    shadow_gain: float = 0.2
    shadow_px: float = 6.0
    relief_gain: float = 0.0
    relief_angle: float = 0.0
    psf_px: float = 0.9
    astigmatism: float = 1.0
    astigmatism_angle: float = 0.0
    drift_px: float = 0.0
    jitter_px: float = 0.0
    hum_px: float = 0.0
    hum_rows: float = 20.0
    dose: float = 120.0
    max_noise: float = 0.5
    read_noise: float = 0.01
    row_noise: float = 0.0
    noise_px: float = 0.0
    noise_stretch: float = 1.0
    charging: float = 0.0
    trail: float = 0.0
    illumination: float = 0.0
    illumination_angle: float = 0.0
    vignette: float = 0.0
    black: float = 0.1
    white: float = 0.9
    min_range: float = 0.3
    gamma: float = 1.0
    inverted: bool = False
    jpeg_quality: int = 0


def sample_style(rng: Rng, process: str) -> ImagingStyle:
    """A random microscope setting, with the habits of a process step."""
    style = _sample_contrast(rng, film=process == "dep")
    style = _sample_optics(rng, style)
    style = _sample_noise(rng, style)
    return _sample_display(rng, style)


def _sample_contrast(rng: Rng, *, film: bool) -> ImagingStyle:
    relief_share, relief_top = (0.75, 1.2) if film else (0.3, 0.35)
    material_only = not film and chance(rng, 0.08)
    edges = 0.08 if material_only else 1.0
    return ImagingStyle(
        edge_gain=edges * log_uniform(rng, 0.08, 1.4),
        bloom_gain=edges * uniform(rng, 0, 0.7),
        bloom_px=log_uniform(rng, 1.2, 8),
        shadow_gain=edges * (uniform(rng, 0.05, 0.7) if chance(rng, 0.7) else 0.0),
        shadow_px=log_uniform(rng, 2, 12),
        relief_gain=uniform(rng, 0.15, relief_top) if chance(rng, relief_share) else 0.0,
        relief_angle=uniform(rng, 0, 2 * math.pi),
    )


def _sample_optics(rng: Rng, style: ImagingStyle) -> ImagingStyle:
    return replace(
        style,
        psf_px=log_uniform(rng, 0.5, 1.6) if chance(rng, 0.85) else uniform(rng, 1.5, 2.5),
        astigmatism=uniform(rng, 1, 1.9) if chance(rng, 0.35) else 1.0,
        astigmatism_angle=uniform(rng, 0, math.pi),
        drift_px=log_uniform(rng, 0.3, 2.5) if chance(rng, 0.25) else 0.0,
        jitter_px=log_uniform(rng, 0.1, 0.7) if chance(rng, 0.3) else 0.0,
        hum_px=log_uniform(rng, 0.15, 0.9) if chance(rng, 0.12) else 0.0,
        hum_rows=log_uniform(rng, 4, 60),
    )


def _sample_noise(rng: Rng, style: ImagingStyle) -> ImagingStyle:
    return replace(
        style,
        dose=log_uniform(rng, 15, 400),
        max_noise=log_uniform(rng, 0.02, 0.16),
        read_noise=log_uniform(rng, 0.003, 0.04),
        row_noise=log_uniform(rng, 0.003, 0.03) if chance(rng, 0.35) else 0.0,
        noise_px=uniform(rng, 0.4, 1.0) if chance(rng, 0.35) else 0.0,
        noise_stretch=uniform(rng, 1, 4) if chance(rng, 0.5) else 1.0,
        charging=log_uniform(rng, 0.01, 0.12) if chance(rng, 0.3) else 0.0,
        trail=log_uniform(rng, 0.05, 0.4) if chance(rng, 0.15) else 0.0,
    )


def _sample_display(rng: Rng, style: ImagingStyle) -> ImagingStyle:
    low_contrast = chance(rng, 0.12)
    span = uniform(rng, 0.15, 0.35) if low_contrast else uniform(rng, 0.4, 1.0)
    black = uniform(rng, 0.15, 0.5) if low_contrast else uniform(rng, 0.02, 0.32)
    return replace(
        style,
        illumination=uniform(rng, 0.02, 0.35) if chance(rng, 0.5) else 0.0,
        illumination_angle=uniform(rng, 0, 2 * math.pi),
        vignette=uniform(rng, 0.02, 0.3) if chance(rng, 0.25) else 0.0,
        black=black,
        white=min(black + span, 1.05),
        min_range=log_uniform(rng, 0.15, 0.9),
        gamma=log_uniform(rng, 0.7, 1.45),
        inverted=chance(rng, 0.1),
        jpeg_quality=int(rng.integers(60, 96)) if chance(rng, 0.12) else 0,
    )


def reacquired(rng: Rng, style: ImagingStyle) -> ImagingStyle:
    """The same recipe on another day: other dose, focus, brightness, drift and charging."""
    return replace(
        style,
        psf_px=min(style.psf_px * log_uniform(rng, 0.75, 1.4), 2.8),
        dose=style.dose * log_uniform(rng, 0.5, 2),
        drift_px=log_uniform(rng, 0.2, 1.5) if chance(rng, 0.3) else style.drift_px,
        edge_gain=style.edge_gain * log_uniform(rng, 0.85, 1.18),
        black=min(max(style.black + uniform(rng, -0.06, 0.06), 0.0), 0.5),
        white=min(max(style.white + uniform(rng, -0.08, 0.08), style.black + 0.12), 1.05),
        gamma=style.gamma * log_uniform(rng, 0.88, 1.14),
        illumination=max(style.illumination + uniform(rng, -0.08, 0.08), 0.0),
        illumination_angle=style.illumination_angle + uniform(rng, -0.5, 0.5),
        charging=log_uniform(rng, 0.01, 0.1) if chance(rng, 0.3) else 0.0,
    )
